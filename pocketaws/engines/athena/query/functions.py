"""The functions that Athena knows, and what DuckDB calls them where sqlglot does not say.

A name that is not here is refused, so that no function of DuckDB can be reached by its own name.

Source: https://docs.aws.amazon.com/athena/latest/ug/functions-env3.html
"""

from __future__ import annotations

__all__ = ["KNOWN", "MACROS", "NOT_FUNCTIONS", "UNSUPPORTED"]

#: Words before a bracket that are no functions.
_NOT_FUNCTIONS_TEXT = """
select from where and or not in exists any all some on using values as over partition by order when then else case
between like escape is distinct filter with within group rollup cube sets grouping union except intersect limit
offset having lateral unnest interval array row map struct table tablesample bernoulli system rows range recursive
join cross inner left right full natural set return decimal varchar char numeric timestamp time date varbinary
explain analyze format type ordinality window qualify desc asc nulls first last cast try_cast extract
"""
NOT_FUNCTIONS = frozenset(_NOT_FUNCTIONS_TEXT.split())

#: Trino's functions that may be called: those of MACROS, those that sqlglot translates, those of one name in both.
#: The contract suite holds some sixty; the others are passed on as sqlglot writes them.
_KNOWN_TEXT = """
abs acos asin atan atan2 cbrt ceil ceiling cos cot degrees exp floor greatest least ln log10 log2 mod pi pow power
radians rand random round sign sin sqrt tan truncate avg count count_if max max_by min min_by sum arbitrary
any_value approx_distinct approx_percentile array_agg bool_and bool_or corr covar_pop covar_samp every kurtosis
regr_intercept regr_slope skewness stddev stddev_pop stddev_samp var_pop var_samp variance listagg row_number rank
dense_rank ntile percent_rank cume_dist lag lead first_value last_value nth_value coalesce nullif if try cast
try_cast typeof concat length lower upper trim ltrim rtrim replace reverse split split_part strpos substr substring
lpad rpad chr codepoint translate starts_with position levenshtein_distance regexp_like regexp_extract
regexp_extract_all regexp_replace regexp_count json_extract json_extract_scalar current_date current_timestamp now
localtimestamp current_time date date_trunc date_add date_diff date_format date_parse from_unixtime to_unixtime
from_iso8601_timestamp from_iso8601_date extract year month day hour minute second quarter week week_of_year
day_of_week dow day_of_month day_of_year doy year_of_week yow cardinality element_at contains array_distinct
array_sort array_max array_min array_join array_position array_intersect array_union array_except array_remove
arrays_overlap flatten sequence slice transform filter reduce any_match all_match none_match map map_keys map_values
map_entries map_from_entries map_concat histogram to_hex from_hex to_base64 from_base64 md5 sha1 sha256 to_utf8
from_utf8 bitwise_and bitwise_or bitwise_xor is_nan is_finite is_infinite infinity nan e log width_bucket json_parse
json_format json_array_length json_size to_iso8601 date_format last_day_of_month at_timezone with_timezone
from_milliseconds millisecond url_extract_host url_extract_path url_extract_protocol url_extract_query
url_extract_parameter url_encode url_decode format_datetime human_readable_seconds geometric_mean checksum uuid
crc32 xxhash64 bitwise_not bitwise_left_shift concat_ws split_to_map trim_array array_average normalize
hamming_distance regexp_split grouping format parse_datetime approx_most_frequent map_agg multimap_agg soundex
from_base repeat ngrams shuffle combinations zip zip_with map_filter transform_values transform_keys
json_array_contains regexp_position word_stem great_circle_distance st_point st_distance from_unixtime_nanos
to_milliseconds parse_duration current_user current_catalog current_schema timezone_hour timezone_minute
"""
KNOWN = frozenset(_KNOWN_TEXT.split())

#: Trino has them, pocketaws has not.
_UNSUPPORTED_TEXT = """
approx_most_frequent multimap_agg soundex from_base ngrams shuffle combinations zip zip_with map_filter
transform_values transform_keys json_array_contains regexp_position word_stem great_circle_distance st_point
st_distance from_unixtime_nanos parse_duration normalize grouping checksum crc32 xxhash64 current_user
current_catalog current_schema timezone_hour timezone_minute human_readable_seconds split_to_map
at_timezone with_timezone format_datetime parse_datetime
"""
UNSUPPORTED = frozenset(_UNSUPPORTED_TEXT.split())

#: Trino's name -> the parameters and body of a DuckDB macro of the name ``trino_<name>``, one for each count.
MACROS: dict[str, tuple[str, ...]] = {
    "approx_percentile": ("(x, p) AS approx_quantile(x, p)",),
    "array_average": ("(a) AS list_avg(a)",),
    "array_except": ("(a, b) AS list_distinct(list_filter(a, lambda x: NOT list_contains(b, x)))",),
    "array_join": (
        "(a, s) AS array_to_string(list_filter(a, lambda x: x IS NOT NULL), s)",
        "(a, s, n) AS array_to_string(list_transform(a, lambda x: coalesce(CAST(x AS VARCHAR), n)), s)",
    ),
    "array_max": ("(a) AS list_max(a)",),
    "array_min": ("(a) AS list_min(a)",),
    "array_position": ("(a, x) AS CAST(coalesce(list_position(a, x), 0) AS BIGINT)",),
    "array_remove": ("(a, x) AS list_filter(a, lambda y: y <> x)",),
    "array_sort": ("(a) AS list_sort(a, 'ASC', 'NULLS LAST')",),
    "array_union": ("(a, b) AS list_distinct(list_concat(a, b))",),
    "arrays_overlap": ("(a, b) AS list_has_any(a, b)",),
    "bitwise_and": ("(a, b) AS CAST(a AS BIGINT) & CAST(b AS BIGINT)",),
    "bitwise_left_shift": ("(a, b) AS CAST(a AS BIGINT) << b",),
    "bitwise_not": ("(a) AS ~CAST(a AS BIGINT)",),
    "bitwise_or": ("(a, b) AS CAST(a AS BIGINT) | CAST(b AS BIGINT)",),
    "bitwise_xor": ("(a, b) AS xor(CAST(a AS BIGINT), CAST(b AS BIGINT))",),
    "cardinality": ("(a) AS CAST(len(a) AS BIGINT)",),
    "codepoint": ("(c) AS CAST(unicode(c) AS INTEGER)",),
    "contains": ("(a, x) AS list_contains(a, x)",),
    "day_of_month": ("(d) AS CAST(day(d) AS BIGINT)",),
    "day_of_week": ("(d) AS CAST(isodow(d) AS BIGINT)",),
    "day_of_year": ("(d) AS CAST(dayofyear(d) AS BIGINT)",),
    # Of the digits of both, as whole numbers; half is rounded away from zero.
    "decimal_divide": (
        "(a, b, s, t, u) AS CASE WHEN b = 0 THEN error('Division by zero') ELSE "
        "CAST(CAST(sign(a) * sign(b) AS HUGEINT) * ((2 * CAST(abs(a) * s AS HUGEINT) * u "
        "+ CAST(abs(b) * t AS HUGEINT)) // (2 * CAST(abs(b) * t AS HUGEINT))) AS DECIMAL(38, 0)) END",
    ),
    "decimal_divide_or_null": (
        "(a, b, s, t, u) AS CASE WHEN b <> 0 THEN "
        "CAST(CAST(sign(a) * sign(b) AS HUGEINT) * ((2 * CAST(abs(a) * s AS HUGEINT) * u "
        "+ CAST(abs(b) * t AS HUGEINT)) // (2 * CAST(abs(b) * t AS HUGEINT))) AS DECIMAL(38, 0)) END",
    ),
    "divide": ("(a, b) AS CASE WHEN b = 0 THEN error('Division by zero') ELSE a // b END",),
    "divide_or_null": ("(a, b) AS a // nullif(b, 0)",),
    "dow": ("(d) AS CAST(isodow(d) AS BIGINT)",),
    "doy": ("(d) AS CAST(dayofyear(d) AS BIGINT)",),
    "date_add": ("(u, n, t) AS t + n * CAST('1 ' || u AS INTERVAL)",),
    "element_at": ("(a, k) AS a[k]",),
    "e": ("() AS 2.718281828459045::DOUBLE",),
    "from_base64": ("(s) AS from_base64(s)",),
    "from_hex": ("(s) AS unhex(s)",),
    "from_milliseconds": ("(n) AS to_timestamp(n / 1000)",),
    "from_unixtime": ("(n) AS CAST(make_timestamp(CAST(n * 1000000 AS BIGINT)) AS TIMESTAMPTZ)",),
    "from_utf8": ("(b) AS decode(b)",),
    "geometric_mean": ("(x) AS geomean(x)",),
    "hamming_distance": ("(a, b) AS CAST(hamming(a, b) AS BIGINT)",),
    "histogram": ("(x) AS histogram(x)",),
    "hour": ("(t) AS CAST(hour(t) AS BIGINT)",),
    "infinity": ("() AS 'Infinity'::DOUBLE",),
    "is_finite": ("(x) AS isfinite(CAST(x AS DOUBLE))",),
    "is_infinite": ("(x) AS isinf(CAST(x AS DOUBLE))",),
    "is_nan": ("(x) AS isnan(CAST(x AS DOUBLE))",),
    "json_array_length": ("(j) AS CAST(json_array_length(CAST(j AS JSON)) AS BIGINT)",),
    "json_extract": ("(j, p) AS json_extract(CAST(j AS JSON), p)",),
    "json_extract_scalar": (
        "(j, p) AS CASE WHEN json_type(json_extract(CAST(j AS JSON), p)) IN ('OBJECT', 'ARRAY') THEN NULL "
        "ELSE json_extract_string(CAST(j AS JSON), p) END",
    ),
    "json_format": ("(j) AS CAST(j AS VARCHAR)",),
    "json_parse": ("(s) AS CAST(s AS JSON)",),
    "json_size": ("(j, p) AS CAST(coalesce(json_array_length(json_extract(CAST(j AS JSON), p)), 0) AS BIGINT)",),
    "last_day_of_month": ("(d) AS last_day(d)",),
    "length": ("(s) AS CAST(length(s) AS BIGINT)",),
    "levenshtein_distance": ("(a, b) AS CAST(levenshtein(a, b) AS BIGINT)",),
    "log": ("(b, x) AS ln(x) / ln(b)",),
    "map": ("() AS map()", "(k, v) AS map(k, v)"),
    "map_agg": ("(k, v) AS map(list(k), list(v))",),
    "map_entries": ("(m) AS map_entries(m)",),
    "map_from_entries": ("(a) AS map_from_entries(a)",),
    "md5": ("(b) AS unhex(md5(b))",),
    "millisecond": ("(t) AS CAST(millisecond(t) % 1000 AS BIGINT)",),
    "minute": ("(t) AS CAST(minute(t) AS BIGINT)",),
    "month": ("(d) AS CAST(month(d) AS BIGINT)",),
    "day": ("(d) AS CAST(day(d) AS BIGINT)",),
    "nan": ("() AS 'NaN'::DOUBLE",),
    "quarter": ("(d) AS CAST(quarter(d) AS BIGINT)",),
    "regexp_count": ("(s, p) AS CAST(len(regexp_extract_all(s, p)) AS BIGINT)",),
    "regexp_extract": (
        "(s, p) AS CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p) END",
        "(s, p, g) AS CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p, g) END",
    ),
    "regexp_extract_all": ("(s, p) AS regexp_extract_all(s, p)", "(s, p, g) AS regexp_extract_all(s, p, g)"),
    "regexp_like": ("(s, p) AS regexp_matches(s, p)",),
    "regexp_replace": (
        "(s, p) AS regexp_replace(s, p, '', 'g')",
        "(s, p, r) AS regexp_replace(s, p, regexp_replace(r, '\\$(\\d)', '\\\\\\1', 'g'), 'g')",
    ),
    "regexp_split": ("(s, p) AS string_split_regex(s, p)",),
    "repeat": ("(x, n) AS list_transform(range(n), lambda i: x)",),
    "second": ("(t) AS CAST(second(t) AS BIGINT)",),
    "sequence": ("(a, b) AS generate_series(a, b)", "(a, b, s) AS generate_series(a, b, s)"),
    "sha1": ("(b) AS unhex(sha1(b))",),
    "sha256": ("(b) AS unhex(sha256(b))",),
    "slice": ("(a, f, n) AS list_slice(a, f, f + n - 1)",),
    "split": ("(s, d) AS string_split(s, d)",),
    "split_part": ("(s, d, n) AS list_extract(string_split(s, d), n)",),
    "strpos": ("(s, x) AS CAST(strpos(s, x) AS BIGINT)",),
    "to_base64": ("(b) AS to_base64(b)",),
    "to_hex": ("(b) AS hex(b)",),
    "to_iso8601": (
        "(t) AS CASE typeof(t) WHEN 'DATE' THEN strftime(CAST(t AS TIMESTAMP), '%Y-%m-%d') "
        "WHEN 'TIMESTAMP' THEN strftime(CAST(t AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%g') "
        "ELSE strftime(CAST(t AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%gZ') END",
    ),
    "to_milliseconds": ("(i) AS CAST(epoch(i) * 1000 AS BIGINT)",),
    "to_unixtime": ("(t) AS CAST(epoch(t) AS DOUBLE)",),
    "to_utf8": ("(s) AS encode(s)",),
    "trim_array": ("(a, n) AS list_slice(a, 1, len(a) - n)",),
    "truncate": ("(x) AS trunc(x)", "(x, n) AS trunc(x * pow(10, n)) / pow(10, n)"),
    "typeof": ("(x) AS lower(typeof(x))",),
    "url_decode": ("(s) AS url_decode(s)",),
    "url_encode": ("(s) AS url_encode(s)",),
    "url_extract_host": (
        "(u) AS nullif(regexp_extract(u, '^[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/@]*@)?([^/:?#]*)', 1), '')",
    ),
    "url_extract_parameter": (
        "(u, n) AS CASE WHEN regexp_matches(u, '[?&]' || n || '=') "
        "THEN url_decode(regexp_extract(u, '[?&]' || n || '=([^&#]*)', 1)) END",
    ),
    "url_extract_path": ("(u) AS regexp_extract(u, '^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*([^?#]*)', 1)",),
    "url_extract_protocol": ("(u) AS nullif(regexp_extract(u, '^([a-zA-Z][a-zA-Z0-9+.-]*):', 1), '')",),
    "url_extract_query": ("(u) AS nullif(regexp_extract(u, '[?]([^#]*)', 1), '')",),
    "week": ("(d) AS CAST(week(d) AS BIGINT)",),
    "week_of_year": ("(d) AS CAST(week(d) AS BIGINT)",),
    "year": ("(d) AS CAST(year(d) AS BIGINT)",),
    "year_of_week": ("(d) AS CAST(isoyear(d) AS BIGINT)",),
    "yow": ("(d) AS CAST(isoyear(d) AS BIGINT)",),
}
