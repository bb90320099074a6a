using System.Globalization;
using System.Text;
using Tailer.Blocks;
using Xunit.Abstractions;

namespace Tailer.Agent.Tests.Parse;

/// <summary>What is remembered from line to line must give what reading each line anew gives.</summary>
public sealed class MemoTests(ITestOutputHelper output)
{
    private const int Lines = 200_000;

    private static readonly ulong Reference = LogTime.From(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    private static readonly string[] Times =
    [
        "2026-11-22T09:00:0{0}.{1}", "2026-11-22 09:00:0{0},{1}", "2026.11.22 09:00:0{0}", "2026/11/22 09:00:0{0}", "20261122T09000{0}", "20261122-9:00:0{0}:{1}",
        "[Sun Nov 22 09:00:0{0} 2026", "[Sun Nov 22 09:00:0{0}.{1} 2026", "Sun, 22 Nov 2026 09:00:0{0}", "Nov 22 09:00:0{0}", "Nov 22 2026 09:00:0{0}", "Nov 22, 2026 09:00:0{0}", "[11.22 09:00:0{0}]",
        "2026-10-25 02:30:0{0}.{1}", "Oct 25 02:30:0{0}", "22.11.2026 09:00:0{0}", "11-22 09:00:0{0}.{1}", "I1122 09:00:0{0}.{1}", "081109 20361{0}", "17/06/09 20:10:4{0}", "176380200{0}", "176380200{0}.{1}", "176380200{0}{1}", "22-Nov-2026 09:00:0{0}.{1}", "<34>Nov 22 09:00:0{0}", "x 2026-11-22 09:00:0{0}.{1}",
    ];

    private static readonly string[] Behind =
    [
        "", "Z", "Z ", "z ", " Z ", "+01:00 ", "+0100 ", "-07 ", " +0100 ", " -0700", " - INFO", " UTC ", " GMT", " U", " Zebra", " INFO ", " 2026 ", " CET 2026 x", " CEST 1999", "]", "] ", "|", ": ", ":7 ", ",5", ".5", "a", "7", " 7",
        " AM x", " pm", " PMS", " pmx", " am2", " a", " p", " pq x", " A ", " web1 app[12]: x", " web1 app: x", " Web1 APP[12]: x",
    ];

    [Fact]
    public void A_time_found_by_comparing_is_the_time_that_is_read()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var zone = new ZoneClock(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        var memo = new TimeMemo();
        string form = Times[0], behind = Behind[0];
        int found = 0;
        for (int i = 0; i < Lines; i++)
        {
            // Mostly as the line before, as in a log; else there would be nothing to compare.
            form = random.Next(12) == 0 ? Times[random.Next(Times.Length)] : form;
            behind = random.Next(12) == 0 ? Behind[random.Next(Behind.Length)] : behind;
            string digits = random.Next(1, 1 << 30).ToString(CultureInfo.InvariantCulture)[..random.Next(1, 3)];
            string text = string.Format(CultureInfo.InvariantCulture, form, random.Next(2), random.Next(4) == 0 ? digits + "000000" : digits) + behind + (random.Next(2) == 0 ? " the rest of a line" : "");
            byte[] line = Encoding.UTF8.GetBytes(text);
            ulong reference = Reference + (ulong)(random.Next(12) == 0 ? 1 : 0) * 400 * LogTime.PerDay;
            zone.Before = random.Next(2) == 0 ? 0 : LogTime.From(new DateTimeOffset(2026, 10, 25, random.Next(3), 31, 0, TimeSpan.Zero));
            bool actual = memo.TryFind(line, reference, zone, out ulong memoTime, out int memoAt, out int memoEnd, out _);
            bool expected = TimeFinder.TryFind(line, reference, zone, out ulong time, out int at, out int end);
            Assert.True((expected, time) == (actual, memoTime) && (!expected || (at, end) == (memoAt, memoEnd)), $"'{text}' is {time} at {at}..{end}, and {memoTime} at {memoAt}..{memoEnd} by comparing");
            found += expected ? 1 : 0;
        }
        Assert.True(found > Lines / 2 && memo.Hits > Lines / 20, $"{found} found, {memo.Hits} by comparing");
    }

    [Fact]
    public void A_header_found_by_comparing_is_the_header_that_is_read()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var memo = new SyslogMemo(new NameCache(), new NameCache(host => host.Length > 1));
        string[] hosts = ["web1", "a", "very-long-host-name.example.org", "INFO", "x:", "[x]"], apps = ["app", "a/b", "x", "sshd(pam_unix)", "", "a b"], ends = [":", "[1]:", "[12]:", "[12]", "[12] :", "[]:", "[1234567890]:", " x"];
        for (int i = 0; i < Lines; i++)
        {
            string text = $" {hosts[random.Next(hosts.Length)]} {apps[random.Next(apps.Length)]}{ends[random.Next(ends.Length)]}{(random.Next(2) == 0 ? " message" : ":")} of some length";
            byte[] rest = Encoding.UTF8.GetBytes(text);
            bool expected = SyslogHeader.TryRead(rest, out ReadOnlySpan<byte> host, out ReadOnlySpan<byte> app, out uint pid, out int length);
            SyslogFacts facts = memo.Read(rest, out int memoLength);
            Assert.True(expected == memoLength > 0 && (!expected || (Encoding.UTF8.GetString(app), pid, length) == (facts.App ?? "", facts.Pid, memoLength)), text);
            Assert.Equal((text, !expected || host.Length < 2 ? "" : Encoding.UTF8.GetString(host), expected && host.Length == 1), (text, facts.Host ?? "", facts.IsHostRefused));
        }
    }

    [Fact]
    public void Levels_are_found_by_vectors_where_a_walk_over_the_words_finds_them()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] words = ["INFO", "info", "error", "ERROR", "notice", "not", "informal", "INFORMATION", "emergency", "warn", "x", "Connection", "level", "a", "fatal", "PANIC", "trace", "errors", "ERR_"];
        string[] signs = [" ", ":", "[", "]", "=", "_", ".", " - ", "(", ")", "<", ">", "7", "\"", "é", "level=", "\"level\":\""];
        int found = 0;
        for (int i = 0; i < Lines; i++)
        {
            var text = new StringBuilder();
            for (int k = random.Next(1, 16); k > 0; k--)
                text.Append(random.Next(2) == 0 ? words[random.Next(words.Length)] : new string('q', random.Next(12))).Append(signs[random.Next(signs.Length)]);
            byte[] rest = Encoding.UTF8.GetBytes(text.ToString());
            Severity expected = WalkedLevel(rest);
            Assert.True(expected == SeverityFinder.Find(rest), $"'{text}' is {expected}, not {SeverityFinder.Find(rest)}");
            found += expected == Severity.Unknown ? 0 : 1;
        }
        Assert.True(found > Lines / 10, $"only {found} have a level");
    }

    private static Severity WalkedLevel(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> head = rest[..Math.Min(rest.Length, 96)];
        for (int at = 0; at < head.Length;)
        {
            int start = at;
            while (at < head.Length && LineScanner.IsLetter(head[at]))
                at++;
            Severity severity = SeverityFinder.OfWord(head[start..at], out bool capitals);
            if (severity != Severity.Unknown && SeverityFinder.IsLevel(head, start, at, capitals))
                return severity;
            at = at == start ? at + 1 : at;
        }
        return Severity.Unknown;
    }
}
