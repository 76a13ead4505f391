# Found by seed 327182: cell 0 binds c.
# %% binds=c,now,total
def total():
    global c
    c = 1

def now():
    try:
        return 1
    finally:
        total()
now()
