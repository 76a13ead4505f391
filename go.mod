module github.com/xetmemo/xetmemo-lint

go 1.26
