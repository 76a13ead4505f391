# Found by seed 62: cell 1 mutates cfg.
# %% binds=cfg live=cfg
import collections
cfg = {}
# %% reads=cfg mutates=cfg
collections.ChainMap(cfg)["q"] = 2
