"""The tags of a value's description, one byte each: what the encoders write before a column. No byte is used twice."""

# Columns (walk.py).
EMPTY = b"0"  # no objects
MARSHALLED = b"*"  # plain values, as marshal writes them
MIXED = b"M"  # objects of several types
NEW = b"N"  # mutable objects, none of which was met before
REPEATED = b"R"  # mutable objects, some of which were met before: their numbers
UNNUMBERED = b"J"  # objects some of which have no number, since sharing them means nothing

# Scalars.
NONE = b"n"  # None
ELLIPSIS = b"e"  # ...
NOT_IMPLEMENTED = b"m"  # NotImplemented
BOOLS = b"b"  # bool
LARGE_INTS = b"I"  # int, some of which need more than 64 bits
INTS = b"i"  # int
FLOATS = b"f"  # float
COMPLEXES = b"c"  # complex
STRS = b"s"  # str
UNIQUE_STRS = b"U"  # the texts among many equal ones
LENGTHS = b"L"  # the lengths of texts, which then are joined
BYTES = b"y"  # bytes
BYTEARRAYS = b"a"  # bytearray
RANGES = b"r"  # range
SLICES = b"w"  # slice

# Containers.
LISTS = b"l"  # list
TUPLES = b"t"  # tuple
SHARED_TUPLES = b"S"  # tuples that are there many times
ROWS = b"E"  # sequences of one length, taken apart into columns
DICTS = b"d"  # dict
SAME_KEYS = b"K"  # mappings with one list of keys
LAYOUTS = b"Z"  # mappings with few lists of keys
ANY_ATTRIBUTES = b"o"  # attributes that differ from instance to instance
SAME_ATTRIBUTES = b"k"  # attributes of the same names
SETS = b"x"  # set
FROZENSETS = b"z"  # frozenset

# Definitions.
FUNCTIONS = b"F"  # functions
CLASSES = b"T"  # classes
BUILTINS = b"B"  # functions written in C
METHODS = b"H"  # bound methods
WRAPPERS = b"W"  # staticmethod and classmethod
CACHED = b"j"  # functions behind lru_cache
PROPERTIES = b"P"  # property
MODULES = b"D"  # modules

# Instances.
STATELESS = b"v"  # locks and loggers
STAND_INS = b"V"  # objects that say what stands for them
INSTANCES = b"O"  # instances of other classes
BY_ATTRIBUTES = b"A"  # their __dict__
BY_ALL_ATTRIBUTES = b"G"  # their __dict__ and slots, whatever they say to pickle
NAMEDTUPLES = b"%"  # named tuples
BY_SLOTS = b"/"  # their slots
DERIVED_SETS = b"{"  # sets of a class of their own
REDUCED = b"C"  # what pickle would store
SHORT = b"2"  # of which there are two parts
EXCEPTIONS = b"h"  # exceptions

# NumPy.
ARRAYS = b"Q"  # NumPy arrays
ALIKE = b"="  # small arrays of one dtype and shape
READ_ONLY = b"!"  # an array that can not be written to
VIEWS = b"Y"  # arrays that share memory
MASKED = b"_"  # masked arrays
SCALARS = b"q"  # NumPy scalars
DTYPES = b"p"  # dtypes
UFUNCS = b"u"  # universal functions

# pandas, SymPy, random generators.
FRAMES = b"$"  # objects of pandas
EXPRESSIONS = b"X"  # SymPy expressions
GENERATORS = b"g"  # random generators
