using System.Diagnostics;
using System.Text;
using FsCheck.Xunit;
using Tailer.Blocks;

namespace Tailer.Agent.Tests.Rules;

public sealed class MaskTests
{
    private static readonly SourceView[] Views = [SourceView.Utf8, SourceView.Utf16Le, SourceView.Utf16Be, SourceView.DockerJson, SourceView.Cri];

    [Theory]
    [InlineData("login password=hunter2 ok", "login password=******* ok")]
    [InlineData("db_password: \"a b\" x", "db_password: \"***\" x")]
    [InlineData("{\"password\": \"correct horse, battery\", \"n\": 1}", "{\"password\": \"**********************\", \"n\": 1}")]
    [InlineData("msg=\"{\\\"token\\\": \\\"a b\\\", \\\"n\\\": 1}\"", "msg=\"{\\\"token\\\": \\\"***\\\", \\\"n\\\": 1}\"")]
    [InlineData("token='a b' c", "token='***' c")]
    [InlineData("password=\"never closed", "password=\"************")]
    [InlineData("{\"token\":\"\",\"n\":1}", "{\"token\":\"\",\"n\":1}")]
    [InlineData("password=secret=token=x y", "password=************** y")]
    [InlineData("GET /x?api_key=abc123&page=2", "GET /x?api_key=******&page=2")]
    [InlineData("{\"token\":\"s3cr3t\",\"n\":1}", "{\"token\":\"******\",\"n\":1}")]
    [InlineData("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***********")]
    [InlineData("authorization=Basic dXNlcjpwYXNz;", "authorization=Basic ************;")]
    [InlineData("sent bearer 0123456789", "sent bearer **********")]
    [InlineData("X-Auth-Token: 9f86d081", "X-Auth-Token: ********")]
    [InlineData("key AKIAABCDEFGHIJKLMNOP used", "key ******************** used")]
    [InlineData("jwt eyJhbGciOiJI.eyJzdWIiOiIx.c2ln here", "jwt ****************************** here")]
    [InlineData("push ghp_0123456789012345678901234567890123456789", "push ********************************************")]
    [InlineData("open postgres://app:pa:ss@db/x?y=z", "open postgres://app:*****@db/x?y=z")]
    [InlineData("GET http://host:8080/a@b", "GET http://host:8080/a@b")]
    [InlineData("tokens=512 keyboard: qwerty bearer of news", "tokens=512 keyboard: qwerty bearer ** news")]
    [InlineData("a token bucket, no secret here", "a token bucket, no secret here")]
    [InlineData("passwörter sind geheim", "passwörter sind geheim")]
    public void Tokens_are_hidden_and_their_keys_stay(string line, string expected) => AssertMasked(expected, line, new TokenMask());

    [Theory]
    [InlineData("card 4111111111111111 paid", "card **************** paid")]
    [InlineData("card 4111 1111 1111 1111 paid", "card ******************* paid")]
    [InlineData("card 4111-1111-1111-1111, 5500005555555559.", "card *******************, ****************.")]
    [InlineData("amex 378282246310005", "amex ***************")]
    [InlineData("4111111111111111 2026-11-22", "**************** 2026-11-22")]
    [InlineData("order 4111111111111112", "order 4111111111111112")]
    [InlineData("blk_-6952295868487656571 blk_4111111111111111", "blk_-6952295868487656571 blk_4111111111111111")]
    [InlineData("at 1763802000250000000 ns", "at 1763802000250000000 ns")]
    [InlineData("sum 41111111111111111111", "sum 41111111111111111111")]
    [InlineData("hash 4111111111111111abc", "hash 4111111111111111abc")]
    [InlineData("2026-11-22 09:00:00 nothing", "2026-11-22 09:00:00 nothing")]
    public void Card_numbers_are_hidden_when_their_check_digit_is_right(string line, string expected) => AssertMasked(expected, line, new CardMask());

    [Theory]
    [InlineData("from jane.doe+x@mail.example.com to", "from *************************** to")]
    [InlineData("mail=a@b.co, <c@d.org>.", "mail=******, <*******>.")]
    [InlineData("ends with a@b.co.", "ends with ******.")]
    [InlineData("no a@b nor @c.de nor d@ nor a@b.c", "no a@b nor @c.de nor d@ nor a@b.c")]
    [InlineData("user@host-1.internal:/path", "********************:/path")]
    [InlineData("root@10.0.0.1", "root@10.0.0.1")]
    public void Mail_addresses_are_hidden(string line, string expected) => AssertMasked(expected, line, new EmailMask());

    [Theory]
    [InlineData("/customer=[0-9]+/", "customer=17 customer=9 x", "*********** ********** x")]
    [InlineData("/CUSTOMER=[0-9]+/i", "customer=17", "***********")]
    [InlineData("/customer=(?<mask>[0-9]+)/", "customer=17 customer=9 x", "customer=** customer=* x")]
    [InlineData("/ü+/", "aüüb", "a****b")]
    [InlineData("/^start/", "start start", "***** start")]
    [InlineData("/end$/", "end end", "end ***")]
    public void An_expression_hides_what_it_matches_or_its_group(string rule, string line, string expected)
    {
        if (line.All(char.IsAscii))
            AssertMasked(expected, line, Regex(rule));
        else
            Assert.Equal(expected, Encoding.UTF8.GetString(new MaskSet([Regex(rule)]).Apply(SourceView.Utf8, default, Encoding.UTF8.GetBytes(line))));
    }

    [Fact]
    public void Escapes_in_docker_json_are_one_character_and_the_line_stays_json()
    {
        var masks = new MaskSet([new TokenMask(), Regex("/na.me/")]);
        byte[] line = """{"log":"{\"password\":\"x\u00e9y\"} na\tme \u0026\n","stream":"stdout","time":"2026-11-22T09:00:00Z"}"""u8.ToArray();
        string masked = Encoding.UTF8.GetString(masks.Apply(SourceView.DockerJson, default, line));
        Assert.Equal("""{"log":"{\"password\":\"********\"} ****** \u0026\n","stream":"stdout","time":"2026-11-22T09:00:00Z"}""", masked);
        Assert.Equal(line.Length, masked.Length);
    }

    [Fact]
    public void A_secret_that_began_in_the_part_before_is_hidden_in_the_next_part()
    {
        var masks = new MaskSet([new TokenMask()]);
        byte[] line = "x password=hunter2 y"u8.ToArray();
        for (int cut = "x password=".Length; cut < line.Length; cut++)
        {
            string first = Encoding.UTF8.GetString(masks.Apply(SourceView.Utf8, default, line.AsSpan(0, cut)));
            string second = Encoding.UTF8.GetString(masks.Apply(SourceView.Utf8, line.AsSpan(0, cut), line.AsSpan(cut)));
            Assert.Equal("x password=******* y", first + second);
        }
    }

    [Fact]
    public void What_is_hidden_is_counted_and_the_rest_costs_no_memory()
    {
        Mask[] all = [new TokenMask(), new CardMask(), new EmailMask(), Regex("/customer=[0-9]+/")];
        var masks = new MaskSet(all);
        byte[] plain = "Dec 10 06:55:46 LabSZ sshd[24200]: Invalid user webmaster from 173.234.31.186 token 12"u8.ToArray();
        byte[] secret = "customer=17 a@b.co password=x password=y 4111111111111111\n"u8.ToArray();
        Assert.Equal("*********** ****** password=* password=* ****************\n", Encoding.UTF8.GetString(masks.Apply(SourceView.Utf8, default, secret)));
        Assert.Equal([(1, 2), (1, 16), (1, 6), (1, 11)], all.Select(m => (m.Count.Lines, m.Count.Bytes)));
        // Code that was not compiled to its end yet allocates on its own.
        long allocated = long.MaxValue;
        for (DateTime end = DateTime.UtcNow.AddSeconds(30); allocated > 1000 && DateTime.UtcNow < end;)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
                masks.Apply(SourceView.Utf8, default, i % 2 == 0 ? plain : secret);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.InRange(allocated, 0, 1000);
        Assert.True(masks.Apply(SourceView.Utf8, default, plain) == plain);
    }

    [Property(MaxTest = 2000)]
    public void Any_bytes_keep_their_length_and_their_line_end_and_give_the_same_twice(byte[] bytes, byte[] before)
    {
        var masks = new MaskSet([new TokenMask(), new CardMask(), new EmailMask(), Regex("/[^a]+/")]);
        byte[] line = [.. "password=1 x@y.zz "u8, .. bytes, (byte)'\n'];
        foreach (SourceView view in Views)
        {
            if (view is SourceView.Utf16Le or SourceView.Utf16Be && line.Length % 2 == 1)
                continue;
            byte[] masked = masks.Apply(view, default, line).ToArray();
            Assert.Equal(line.Length, masked.Length);
            if (view is SourceView.Utf8 or SourceView.Cri or SourceView.DockerJson)
                Assert.Equal((byte)'\n', masked[^1]);
            Assert.Equal(masked, masks.Apply(view, default, line).ToArray());
            Assert.Equal(line.Length, masks.Apply(view, before.Length % 2 == 0 ? before : default, line).Length);
        }
    }

    [Theory]
    [InlineData("/(/", "not a regular expression")]
    [InlineData("/(?<=a)b/", "backtracking")]
    [InlineData("/(a)\\1/", "backtracking")]
    [InlineData("/a*/", "empty text")]
    public void An_expression_that_cannot_be_used_is_refused_with_the_reason(string rule, string expected)
    {
        Assert.Null(RegexMask.TryCreate(rule, rule[1..^1], ignoreCase: false, out string reason));
        Assert.Contains(expected, reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"secret\":\"a\\\"b c\",\"n\":1}", "{\"secret\":\"******\",\"n\":1}")]
    [InlineData("m=\"{\\\"secret\\\":\\\"a\\\\\\\"b c\\\",\\\"n\\\":1}\"", "m=\"{\\\"secret\\\":\\\"********\\\",\\\"n\\\":1}\"")]
    public void A_quote_within_a_quoted_value_does_not_end_it(string line, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(new MaskSet([new TokenMask()]).Apply(SourceView.Utf8, default, Encoding.UTF8.GetBytes(line))));

    [Fact]
    public void A_byte_that_is_found_in_several_ways_is_counted_once()
    {
        var mask = new TokenMask();
        AssertMasked("password=" + new string('*', 30) + " and token=", "password=eyJhbGciOiJI.eyJzdWIiOiIx.c2ln and token=", mask);
        // Two of the five views have two bytes for each.
        Assert.Equal((5, 7 * 30), (mask.Count.Lines, mask.Count.Bytes));
    }

    [Theory]
    [InlineData("/a.*z|a/")]
    [InlineData("/(?<mask>a).*z|(?<mask>a)/")]
    public void An_expression_that_looks_at_the_whole_line_for_each_of_its_matches_is_given_up_and_the_rest_hidden(string rule)
    {
        const int length = 60_000;
        var mask = Regex(rule);
        string line = new('a', length - 6);
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(new string('*', length), Raw(SourceView.Utf8, new MaskSet([mask]).Apply(SourceView.Utf8, default, Encoding.UTF8.GetBytes(line + "secret"))));
        // Without a limit 17 s.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 6);
    }

    [Fact]
    public void Of_a_line_of_usual_length_every_match_is_found_and_nothing_else_hidden()
    {
        string line = string.Concat(Enumerable.Repeat("1x", 2800));
        AssertMasked(line.Replace('1', '*'), line, Regex("/[0-9]/"));
    }

    private static RegexMask Regex(string rule)
    {
        bool ignoreCase = rule.EndsWith('i');
        return RegexMask.TryCreate(rule, rule.TrimEnd('i')[1..^1], ignoreCase, out string reason) ?? throw new InvalidOperationException(reason);
    }

    /// <summary>The same in every view.</summary>
    private static void AssertMasked(string expected, string line, Mask mask)
    {
        var masks = new MaskSet([mask]);
        foreach (SourceView view in Views)
            Assert.Equal((view, Text(view, expected)), (view, Raw(view, masks.Apply(view, default, Bytes(view, line)))));
    }

    private static string Text(SourceView view, string line) => Raw(view, Bytes(view, line));

    private static string Raw(SourceView view, ReadOnlySpan<byte> bytes) => view switch
    {
        SourceView.Utf16Le => Encoding.Unicode.GetString(bytes),
        SourceView.Utf16Be => Encoding.BigEndianUnicode.GetString(bytes),
        _ => Encoding.UTF8.GetString(bytes),
    };

    private static byte[] Bytes(SourceView view, string line) => view switch
    {
        SourceView.Utf16Le => Encoding.Unicode.GetBytes(line + "\r\n"),
        SourceView.Utf16Be => Encoding.BigEndianUnicode.GetBytes(line + "\r\n"),
        SourceView.DockerJson => Encoding.UTF8.GetBytes($$"""{"log":"{{line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}}\n","stream":"stdout","time":"2026-11-22T09:00:00.1Z"}""" + "\n"),
        SourceView.Cri => Encoding.UTF8.GetBytes($"2026-11-22T09:00:00.123456789Z stdout F {line}\n"),
        _ => Encoding.UTF8.GetBytes(line + "\n"),
    };
}
