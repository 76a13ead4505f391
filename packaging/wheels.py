"""Build the two Python packages: xetmemo-lint, wheels that hold the static binary itself, and xetcache, which requires it.

    python packaging/wheels.py OUT TARGET...

A target is GOOS/GOARCH, "native" that of this machine, "all" all of them. The version is the runtime's, as it is the linter's and
the extension's. The format is that of PyPA's "Binary distribution format":
a zip with NAME-VER.data/scripts and NAME-VER.dist-info. Members carry a fixed date, so that equal binaries give
equal wheels. The runtime asks the binary what cells do, so its wheel requires the one of the same version; in a checkout,
where there is none, it takes the binary that XETMEMO_LINT names or that is on PATH.
"""

import base64
import hashlib
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# The tags of each target. A static binary runs on any libc: glibc since 2.17 and musl since 1.1 are named.
TARGETS = {
    "linux/amd64": "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
    "linux/arm64": "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    "darwin/amd64": "macosx_10_12_x86_64",
    "darwin/arm64": "macosx_11_0_arm64",
    "windows/amd64": "win_amd64",
    "windows/arm64": "win_arm64",
}

SOURCE = "https://github.com/xetmemo/xetmemo-lint"

METADATA = """\
Metadata-Version: 2.1
Name: xetmemo-lint
Version: {version}
Summary: Write and check the %%xetmemo headers of Jupyter notebooks
License: BSD-3-Clause
Project-URL: Source, {source}
Keywords: jupyter,notebook,cache,memoization,lint
Classifier: Environment :: Console
Classifier: Framework :: Jupyter
Classifier: License :: OSI Approved :: BSD License
Requires-Python: >=3.8
Description-Content-Type: text/markdown

{readme}"""


def main(out, targets):
    version = current()
    pathlib.Path(out).mkdir(parents=True, exist_ok=True)
    for target in TARGETS if targets == ["all"] else [native() if target == "native" else target for target in targets]:
        print(build(version, pathlib.Path(out), target))
    print(runtime(version, pathlib.Path(out)))


def current():
    """The version of the linter, the runtime and the extension."""
    (found,) = re.findall(r'(?m)^__version__ = "(.*)"$', (ROOT / "runtime-py" / "xetcache" / "__init__.py").read_text(encoding="utf-8"))
    return found


def native():
    """This machine's target."""
    return "/".join(subprocess.run(["go", "env", "GOOS", "GOARCH"], check=True, capture_output=True, text=True).stdout.split())


def build(version, out, target):
    goos, goarch = target.split("/")
    suffix = ".exe" if goos == "windows" else ""
    with tempfile.TemporaryDirectory() as tmp:
        binary = pathlib.Path(tmp, "xetmemo-lint" + suffix)
        subprocess.run(
            ["go", "build", "-trimpath", f"-ldflags=-s -w -X main.release=v{version}", "-o", binary, "./cmd/xetmemo-lint"],
            cwd=ROOT, check=True, env={**os.environ, "CGO_ENABLED": "0", "GOOS": goos, "GOARCH": goarch},
        )
        return write(version, out, TARGETS[target], binary)


def runtime(version, out):
    """The wheel of xetcache."""
    with tempfile.TemporaryDirectory() as tmp:
        source = pathlib.Path(tmp, "xetcache")
        shutil.copytree(ROOT / "runtime-py", source, ignore=shutil.ignore_patterns("tests", "__pycache__", "*.egg-info", "build"))
        replace(source / "pyproject.toml", r"(?m)^dependencies = \[", f'dependencies = ["xetmemo-lint=={version}", ')
        replace(source / "xetcache" / "__init__.py", r'(?m)^__version__ = ".*"$', f'__version__ = "{version}"')
        shutil.copy(ROOT / "LICENSE", source)
        built = pathlib.Path(tmp, "built")
        subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "--wheel-dir", built, source],
            check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "315532800"},
        )
        (wheel,) = built.iterdir()
        return pathlib.Path(shutil.copy(wheel, out))


def replace(path, pattern, text):
    """Replace the one place in a file that matches."""
    changed, times = re.subn(pattern, lambda _: text, path.read_text(encoding="utf-8"))
    if times != 1:
        sys.exit(f"{path.name} has {times} places like {pattern}, not one")
    path.write_text(changed, encoding="utf-8")


def write(version, out, tags, binary):
    prefix = f"xetmemo_lint-{version}"
    wheel = "Wheel-Version: 1.0\nGenerator: xetmemo-lint\nRoot-Is-Purelib: false\n"
    wheel += "".join(f"Tag: py3-none-{tag}\n" for tag in tags.split("."))
    readme = re.sub(r"\]\((?!https?:)", f"]({SOURCE}/blob/v{version}/", (ROOT / "README.md").read_text(encoding="utf-8"))  # links hold elsewhere, too
    members = [
        (f"{prefix}.data/scripts/{binary.name}", binary.read_bytes(), 0o755),
        (f"{prefix}.dist-info/METADATA", METADATA.format(version=version, source=SOURCE, readme=readme).encode(), 0o644),
        (f"{prefix}.dist-info/WHEEL", wheel.encode(), 0o644),
        (f"{prefix}.dist-info/licenses/LICENSE", (ROOT / "LICENSE").read_bytes(), 0o644),
    ]
    record = ""
    for name, data, _ in members:
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(data)}\n"
    record += f"{prefix}.dist-info/RECORD,,\n"
    members.append((f"{prefix}.dist-info/RECORD", record.encode(), 0o644))
    path = out / f"{prefix}-py3-none-{tags}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data, mode in members:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = (stat.S_IFREG | mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, data)
    return path


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
