"""What CuPy 14.2 lacks of NumPy 2.4; where CuPy is installed a test compares the two again."""

_NAMES = """
False_ ScalarType True_ __array_namespace_info__ asmatrix block bmat busday_count busday_offset
busdaycalendar bytes_ char character clongdouble complex256 core ctypeslib datetime64
datetime_as_string datetime_data dtypes einsum_path emath errstate f2py flexible float128 frompyfunc
fromregex geomspace get_include getbufsize geterr geterrcall histogram_bin_edges info insert
is_busday isnat little_endian longdouble ma matrix matvec memmap nanpercentile nanquantile
ndenumerate nditer nested_iters object_ polyder polydiv polyint rec recarray record sctypeDict
setbufsize seterr seterrcall show_runtime spacing str_ strings test timedelta64 typecodes unstack
vecdot vecmat void linalg.diagonal linalg.matrix_norm linalg.multi_dot linalg.outer linalg.svdvals
linalg.tensordot linalg.trace linalg.vecdot linalg.vector_norm
"""

NAMES = set(_NAMES.split())
"""Names that are in NumPy and not in CuPy."""

ARGUMENTS = {
    name: set(arguments.split())
    for names, arguments in {
        "amax amin max min nanmax nanmin nanprod nansum prod sum": "initial where",
        "cov flip fliplr flipud rot90": "m",
        "all any mean nanmean": "where",
        "nanstd nanvar std var": "where mean correction",
        "concat concatenate stack": "arrays",
        "array_str histogram linalg.matrix_power": "a",
        "broadcast_arrays broadcast_to copy": "subok",
        "lexsort trim_zeros": "axis",
        "extract take_along_axis": "arr",
        "argsort sort": "order stable",
        "argpartition partition": "kind order",
        "intersect1d union1d": "ar1 ar2",
        "show_config take": "mode",
        "reshape unravel_index": "shape",
        "corrcoef linalg.matrix_transpose": "x",
        "percentile quantile": "weights",
        "array": "object ndmax",
        "clip": "min max",
        "isin": "kind",
        "ediff1d": "ary",
        "indices": "sparse",
        "unique": "sorted",
        "load": "fix_imports encoding max_header_size",
        "arange": "start_or_stop",
        "delete": "obj",
        "unpackbits": "count",
        "count_nonzero": "keepdims",
        "linalg.cholesky": "upper",
        "linalg.pinv": "hermitian rtol",
        "linalg.svd": "hermitian",
        "linalg.matrix_rank": "A hermitian rtol",
        "linalg.matmul": "x1 x2",
    }.items()
    for name in names.split()
}
"""By function, the arguments that NumPy's takes by name, and CuPy's does not."""

METHODS = {
    "reduce": {"add", "multiply"},
    "accumulate": {"add", "multiply"},
    "reduceat": {"add"},
    "at": {"add", "maximum", "minimum", "bitwise_and", "bitwise_or", "bitwise_xor"},
}
"""The ufuncs that have these methods in CuPy, for floats; all have ``outer``."""
