namespace Tailer.Stores.Tests;

/// <summary>
/// What docs/query.md promises, through segments as they are written and read: exact text finds what <c>rg -F</c> finds, a term or
/// phrase what <c>rg -i -w -F</c> finds, an expression what <c>rg</c> finds; line for line.
/// </summary>
public sealed class RipgrepTests(SearchedLogs logs) : IClassFixture<SearchedLogs>
{
    /// <summary>With a letter or digit at both ends: exact text and phrases.</summary>
    private static readonly string[] Phrases =
    [
        "Connection", "connection refused", "error", "err", "timeout", "session opened for user", "after", "a", "end",
        "7", "123", "1234", "12345", "0012345", "12345.67", "12345.678", "345.678", "1,234,567", "234,567", "1.5e-9", "000", "00000000", "18446744073709551615", "18446744073709551616", "9999999999999999999999", "1844674407370955161",
        "10.0.0.1", "10.0.0", "0.0.1", "0.0.1:80", "192.168.1.254:443", "fe80::1", "1b:44:11", "2.3-rc.4",
        "7f3a9c2e41", "7f3a", "9c2e41", "NEEDLE-7f3a9c2e41", "LE-7f3a", "deadbeef", "0xdeadbeef", "550e8400-e29b-41d4-a716-446655440000", "e29b-41d4", "9b-41d4-a7", "blk_-3886504906", "blk_-3886", "k_-388", "blk_",
        "user=alice id=42", "alice id=42 took 17 ms", "id=4", "d=42", "took 17 ms", "took 17", "2026-11-22T09:00:0", "2026-11-22T09:00:00.123", "09:00:00", "00.123Z start", "22T09",
        "log/app.log", "app.log.1", "back\\slash", "x=%20y", "status\":503", "quoted\" and 'quoted", "a\tb", "a  b", "b[1", "null",
        "straße", "STRASSE", "ß", "жук", "水", "水位", "位 12", "é", "café", "naïve", "σας", "ας", "x\u200dy", "٣", "took 17\u00a0ms",
    ];

    /// <summary>With punctuation, a blank or a sign at an end: exact text alone.</summary>
    private static readonly string[] Texts =
    [
        "-12345", "+12345", " 12345", "12345 ", "12345%", "=12345;", "0.0.1:", ":8080", "::1", "--1", "- ", ".", "%20", "100%", "[error]", "[error] ", "[]", "()", "\"quoted\"", "\"status\":503,", "'", "\\",
        "/var/log/app", "/var/log/app.log.1", "  ", "\t", "at com.example.Order.submit(Order.java:11", "{550e8400", "-e29b-", "_", "__", "::::", "caf", "cut ", "nul ", "😀", "😀😀", "\u0301", "\u00a0", "user= ", "took  ", "T09:", ":00.123Z ", "blk_-", "trailing  ",
    ];

    private static readonly string[] Expressions =
    [
        @"session opened for user \w+", "port [0-9]{5} ssh2", @"\b10\.0\.0\.\d+\b", "^2026-11-22", "ms$", "^$", "^count -?[0-9]+$", @"[0-9a-f]{8}-[0-9a-f]{4}", "0x[0-9a-fA-F]+", @"id=(4|42)\b", "(?i)connection",
        @"took \d{4,}ms", @"blk_-?\d+", "caf[eé]", "^[ \t]+at ", "水|жук", "[А-я]+", "^a{2,}b?$", @"user=\w+ id=\d+", "\"status\":\\s*5\\d\\d", @"\\", @"\p{Lu}{4}", @"(?:error|warn)\w*: .*(?:timeout|refused)", @"/api/orders/\d+", @"[.]log([.]1)?$",
        @"^\d+$", @"(\d+)\.(\d+)\.(\d+)\.(\d+):(\d+)", "1234(5|56)( |$)", @"\[error\]\s", "end$",
    ];

    public static TheoryData<string> AllTexts => [.. Phrases, .. Texts];

    public static TheoryData<string> AllPhrases => [.. Phrases];

    public static TheoryData<string> AllExpressions => [.. Expressions];

    [Theory]
    [MemberData(nameof(AllTexts))]
    public async Task Exact_text_is_found_in_the_lines_in_which_ripgrep_finds_it(string text)
    {
        SortedSet<(string File, long)> theirs = logs.FindByRipgrep(text, "-F");
        Compare(await logs.Find($"{Quoted(text)}~"), theirs, text);
        Assert.Contains(theirs, line => line.File.StartsWith("awkward", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(AllPhrases))]
    public async Task A_term_or_phrase_is_found_in_the_lines_in_which_ripgrep_finds_it_as_words(string text) =>
        Compare(await logs.Find(Quoted(text)), logs.FindByRipgrep(text, "-F", "-i", "-w"), text);

    [Theory]
    [MemberData(nameof(AllExpressions))]
    public async Task An_expression_is_found_in_the_lines_in_which_ripgrep_finds_it(string expression)
    {
        SortedSet<(string File, long)> theirs = logs.FindByRipgrep(expression);
        Compare(await logs.Find($"/{expression.Replace("/", "\\/", StringComparison.Ordinal)}/"), theirs, expression);
        Assert.Contains(theirs, line => line.File.StartsWith("awkward", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("notanywhere")]
    [InlineData("1234567890124")]
    [InlineData("10.0.0.3")]
    [InlineData("7f3a9c2e42")]
    public async Task What_ripgrep_does_not_find_is_not_found(string text)
    {
        Assert.Empty(logs.FindByRipgrep(text, "-F"));
        Assert.Empty(await logs.Find($"{Quoted(text)}~"));
        Assert.Empty(await logs.Find(Quoted(text)));
    }

    /// <summary>ripgrep's word search does not look past a byte that is no UTF-8; docs/query.md says that such a byte ends a term.</summary>
    [Theory]
    [InlineData("caf", 2)]
    [InlineData("1234567", 2)]
    public async Task A_byte_that_is_no_text_ends_a_term(string term, int inAwkwardLines)
    {
        SortedSet<(string File, long)> found = await logs.Find(term);
        Assert.Equal(inAwkwardLines, found.Count(line => line.File.StartsWith("awkward", StringComparison.Ordinal)));
    }

    private void Compare(SortedSet<(string, long)> ours, SortedSet<(string File, long)> theirs, string pattern) => Assert.True(
        ours.SetEquals(theirs),
        $"'{pattern}': {ours.Count} lines, ripgrep {theirs.Count}; only here {Show(ours.Except(theirs))}; only ripgrep {Show(theirs.Except(ours))}");

    private string Show(IEnumerable<(string, long)> lines) => string.Join(" | ", lines.Take(5).Select(logs.Show));

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
