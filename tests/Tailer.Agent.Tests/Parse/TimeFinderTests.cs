using System.Text;
using Tailer.Blocks;

namespace Tailer.Agent.Tests;

public sealed class TimeFinderTests
{
    private static readonly ulong Reference = At("2026-11-22T12:00:00Z");
    private static readonly ZoneClock Utc = new(TimeZoneInfo.Utc);

    [Theory]
    [InlineData("2026-11-22T09:00:00Z x", "2026-11-22T09:00:00Z")]
    [InlineData("2026-11-22T09:00:00.123456789Z x", "2026-11-22T09:00:00.12345678Z")]
    [InlineData("2026-11-22T09:00:00+01:00 x", "2026-11-22T08:00:00Z")]
    [InlineData("2026-11-22T09:00:00.5-0730 x", "2026-11-22T16:30:00.5Z")]
    [InlineData("2026-11-22T09:00:00+05 x", "2026-11-22T04:00:00Z")]
    [InlineData("2026-11-22 09:00:00,250 INFO x", "2026-11-22T09:00:00.25Z")]
    [InlineData("2026-11-22 09:00:00 UTC x", "2026-11-22T09:00:00Z")]
    [InlineData("2026-11-22 09:00:00 -0700 x", "2026-11-22T16:00:00Z")]
    [InlineData("2026-11-22 09:00:00 -12 items", "2026-11-22T09:00:00Z")]
    [InlineData("2026-11-22 09:00 x", "2026-11-22T09:00:00Z")]
    [InlineData("[2026-11-22 09:00:00.001] x", "2026-11-22T09:00:00.001Z")]
    [InlineData("2026/11/22 09:00:00.123456 main.go:7: x", "2026-11-22T09:00:00.123456Z")]
    [InlineData("2026/11/22 09:00:00 [error] 7#7: x", "2026-11-22T09:00:00Z")]
    [InlineData("20171223-22:15:29:606|Step_LSC|x", "2017-12-23T22:15:29.606Z")]
    [InlineData("20171224-0:7:20:44|Step_LSC|x", "2017-12-24T00:07:20.044Z")]
    [InlineData("20171223T221529Z x", "2017-12-23T22:15:29Z")]
    [InlineData("20171223 22:15:29 x", "2017-12-23T22:15:29Z")]
    [InlineData("17/06/09 20:10:40 INFO x", "2017-06-09T20:10:40Z")]
    [InlineData("081109 203615 148 INFO x", "2008-11-09T20:36:15Z")]
    [InlineData("[Sun Dec 04 04:47:44 2005] [notice] x", "2005-12-04T04:47:44Z")]
    [InlineData("[Sun Dec 04 04:47:44.123456 2005] [core:error] x", "2005-12-04T04:47:44.123456Z")]
    [InlineData("Sun Dec  4 04:47:44 UTC 2005 x", "2005-12-04T04:47:44Z")]
    [InlineData("Sun, 04 Dec 2005 04:47:44 GMT x", "2005-12-04T04:47:44Z")]
    [InlineData("10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1", "2000-10-10T20:55:36Z")]
    [InlineData("22-Nov-2026 09:00:00.123 INFO x", "2026-11-22T09:00:00.123Z")]
    [InlineData("1:M 22 Nov 2026 09:00:00.123 # x", "2026-11-22T09:00:00.123Z")]
    [InlineData("I1122 09:00:00.123456   7 main.cc:9] x", "2026-11-22T09:00:00.123456Z")]
    [InlineData("[11.22 09:00:00] chrome.exe - x", "2026-11-22T09:00:00Z")]
    [InlineData("1763802000 x", "2025-11-22T09:00:00Z")]
    [InlineData("1763802000.25 x", "2025-11-22T09:00:00.25Z")]
    [InlineData("1763802000250 x", "2025-11-22T09:00:00.25Z")]
    [InlineData("1763802000250000 x", "2025-11-22T09:00:00.25Z")]
    [InlineData("1763802000250000000 x", "2025-11-22T09:00:00.25Z")]
    [InlineData("{\"level\":\"info\",\"ts\":1763802000.25,\"msg\":\"x\"}", "2025-11-22T09:00:00.25Z")]
    [InlineData("{\"time\":\"2026-11-22T09:00:00Z\",\"msg\":\"x\"}", "2026-11-22T09:00:00Z")]
    [InlineData("time=\"2026-11-22T09:00:00+01:00\" level=info msg=x", "2026-11-22T08:00:00Z")]
    [InlineData("<34>Nov 22 09:00:00 host su: x", "2026-11-22T09:00:00Z")]
    [InlineData("<165>1 2026-11-22T09:00:00.003Z host app - ID47 - x", "2026-11-22T09:00:00.003Z")]
    [InlineData("Nov 22 09:00:00 host x", "2026-11-22T09:00:00Z")]
    [InlineData("Nov  2 09:00:00 host x", "2026-11-02T09:00:00Z")]
    [InlineData("Nov 22 2025 09:00:00 asa x", "2025-11-22T09:00:00Z")]
    [InlineData("Nov 22 09:00:00.125 host x", "2026-11-22T09:00:00.125Z")]
    [InlineData("INFO  2026-11-22 09:00:00 x", "2026-11-22T09:00:00Z")]
    [InlineData("2016-12-31T23:59:60Z leap", "2017-01-01T00:00:00Z")]
    [InlineData("22.11.2026 09:00:00,250 x", "2026-11-22T09:00:00.25Z")]
    [InlineData("Nov 22, 2026 9:00:00 PM java.util.logging x", "2026-11-22T21:00:00Z")]
    [InlineData("Nov 22, 2026 12:00:00 AM x", "2026-11-22T00:00:00Z")]
    [InlineData("2026/11/22 12:30:00 pm x", "2026-11-22T12:30:00Z")]
    [InlineData("2026-11-22 11:00:00 PMS started", "2026-11-22T11:00:00Z")]
    [InlineData("11-22 09:00:00.123  1234  1234 I ActivityManager: x", "2026-11-22T09:00:00.123Z")]
    public void A_time_is_read_in_the_forms_that_files_use(string line, string expected) =>
        Assert.Equal(At(expected), Find(line, Utc));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("    at java.lang.Thread.run(Thread.java:745)")]
    [InlineData("2026-13-22T09:00:00Z")]
    [InlineData("2026-02-30T09:00:00Z")]
    [InlineData("2026-11-22T24:00:00Z")]
    [InlineData("2026-11-22T09:61:00Z")]
    [InlineData("version 1.2026-11-2")]
    [InlineData("Mayhem 12 34")]
    [InlineData("12345678901 items")]
    [InlineData("1763802000abc")]
    [InlineData("took 1763802000 ns")]
    [InlineData("blk_-6952295868487656571 terminating")]
    public void What_is_not_a_time_is_not_taken_for_one(string line) => Assert.Equal(0ul, Find(line, Utc));

    [Theory]
    [InlineData("Dec 31 23:59:59 h x", "2026-01-02T00:00:00Z", "2025-12-31T23:59:59Z")]
    [InlineData("Jan  1 00:00:01 h x", "2025-12-31T23:59:00Z", "2026-01-01T00:00:01Z")]
    [InlineData("Jan  9 00:00:00 h x", "2025-12-31T23:59:00Z", "2025-01-09T00:00:00Z")]
    [InlineData("Feb 29 10:00:00 h x", "2026-11-22T00:00:00Z", "2024-02-29T10:00:00Z")]
    [InlineData("Feb 29 10:00:00 h x", "1903-11-22T00:00:00Z", "")]
    public void A_missing_year_is_the_last_that_is_not_in_the_future(string line, string reference, string expected)
    {
        TimeFinder.TryFind(Encoding.UTF8.GetBytes(line), At(reference), Utc, out ulong time, out _, out _);
        Assert.Equal(expected.Length == 0 ? 0 : At(expected), time);
    }

    [Theory]
    [InlineData("2026-07-01 12:00:00 x", "2026-07-01T10:00:00Z")]
    [InlineData("2026-12-01 12:00:00 x", "2026-12-01T11:00:00Z")]
    [InlineData("2026-10-25 02:30:00 twice", "2026-10-25T00:30:00Z")]
    [InlineData("2026-03-29 02:30:00 never", "2026-03-29T01:30:00Z")]
    [InlineData("2026-07-01T12:00:00Z x", "2026-07-01T12:00:00Z")]
    public void A_time_without_zone_is_of_the_configured_one(string line, string expected)
    {
        var berlin = new ZoneClock(TimeZoneInfo.CreateCustomTimeZone("t", TimeSpan.FromHours(1), "t", "t", "d", [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday))]));
        Assert.Equal(At(expected), Find(line, berlin));
    }

    [Fact]
    public void A_source_that_passes_through_the_hour_that_comes_twice_goes_on_and_a_little_disorder_is_none()
    {
        var zone = new ZoneClock(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        // From 01:30 local (23:30 UTC) through both hours from 02:00 to 03:00 to 03:30 (02:30 UTC), a line every 20 s, each second one 5 s early.
        ulong start = At("2026-10-24T23:30:00Z");
        ulong before = 0;
        for (int i = 0; i < 3 * 180; i++)
        {
            ulong written = start + (ulong)i * 20 * LogTime.PerSecond - (i % 2 == 1 ? 5 * LogTime.PerSecond : 0);
            DateTimeOffset local = TimeZoneInfo.ConvertTime(LogTime.ToDateTimeOffset(written), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
            zone.Before = before;
            Assert.Equal(LogTime.Format(written), LogTime.Format(Find(local.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture) + " x", zone)));
            before = written;
        }
    }

    public static TheoryData<string, long> Forms => new()
    {
        // .NET format of the head of a line, and the smallest unit it keeps in ticks.
        { "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", 1 }, { "yyyy-MM-dd'T'HH:mm:ss'Z'", TimeSpan.TicksPerSecond }, { "yyyy-MM-dd HH:mm:ss,fff", TimeSpan.TicksPerMillisecond },
        { "yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", 10 }, { "yyyy-MM-dd HH:mm:ss 'UTC'", TimeSpan.TicksPerSecond }, { "yyyy-MM-dd HH:mm:ss.fff '+0000'", TimeSpan.TicksPerMillisecond },
        { "yyyy/MM/dd HH:mm:ss.ffffff", 10 }, { "yyyy.MM.dd HH:mm:ss", TimeSpan.TicksPerSecond }, { "yyyy-MM-dd HH:mm", TimeSpan.TicksPerMinute }, { "'['yyyy-MM-dd HH:mm:ss.fff']'", TimeSpan.TicksPerMillisecond },
        { "yyyyMMdd'T'HHmmss'Z'", TimeSpan.TicksPerSecond }, { "yyyyMMdd HH:mm:ss", TimeSpan.TicksPerSecond }, { "yyyyMMdd-H:m:s", TimeSpan.TicksPerSecond },
        { "dd'/'MMM'/'yyyy:HH:mm:ss '+0000'", TimeSpan.TicksPerSecond }, { "dd-MMM-yyyy HH:mm:ss.fff", TimeSpan.TicksPerMillisecond }, { "d MMM yyyy HH:mm:ss", TimeSpan.TicksPerSecond },
        { "'['ddd MMM dd HH:mm:ss.ffffff yyyy']'", 10 }, { "ddd MMM dd HH:mm:ss 'UTC' yyyy", TimeSpan.TicksPerSecond }, { "ddd, dd MMM yyyy HH:mm:ss 'GMT'", TimeSpan.TicksPerSecond },
        { "MMM dd yyyy HH:mm:ss", TimeSpan.TicksPerSecond }, { "MMM d, yyyy h:mm:ss tt", TimeSpan.TicksPerSecond }, { "dd.MM.yyyy HH:mm:ss", TimeSpan.TicksPerSecond }, { "yyyy/MM/dd hh:mm:ss tt", TimeSpan.TicksPerSecond },
        { "yy/MM/dd HH:mm:ss", TimeSpan.TicksPerSecond }, { "yyMMdd HHmmss", TimeSpan.TicksPerSecond },
        { "'time=\"'yyyy-MM-dd'T'HH:mm:ss.fff'Z\"'", TimeSpan.TicksPerMillisecond }, { "'<34>1 'yyyy-MM-dd'T'HH:mm:ss.fff'Z'", TimeSpan.TicksPerMillisecond },
        // Without a year: within a year before the reference.
        { "MMM dd HH:mm:ss", -TimeSpan.TicksPerSecond }, { "'<34>'MMM d HH:mm:ss.fff", -TimeSpan.TicksPerMillisecond }, { "'I'MMdd HH:mm:ss.ffffff", -10 }, { "'['MM'.'dd HH:mm:ss']'", -TimeSpan.TicksPerSecond },
        { "MM-dd HH:mm:ss.fff", -TimeSpan.TicksPerMillisecond },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Any_time_written_in_a_form_is_read_back_equal(string form, long unitTicks)
    {
        var random = new Random(11);
        long unit = Math.Abs(unitTicks);
        DateTime latest = LogTime.ToDateTimeOffset(Reference).UtcDateTime;
        // Two digits of a year end in 1970 and 2069.
        DateTime earliest = unitTicks < 0 ? latest.AddDays(-358) : new DateTime(1971, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (int i = 0; i < 500; i++)
        {
            var time = new DateTime(earliest.Ticks + random.NextInt64(latest.Ticks - earliest.Ticks), DateTimeKind.Utc);
            time = new DateTime(time.Ticks / unit * unit, DateTimeKind.Utc);
            string line = time.ToString(form, System.Globalization.CultureInfo.InvariantCulture) + " INFO x";
            Assert.Equal((line, time.Ticks - DateTime.UnixEpoch.Ticks), (line, (long)(Find(line, Utc) / 10)));
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(13)]
    [InlineData(16)]
    [InlineData(19)]
    public void Any_time_since_2001_written_as_a_number_is_read_back_equal(int digits)
    {
        var random = new Random(digits);
        for (int i = 0; i < 500; i++)
        {
            long seconds = random.NextInt64(1_000_000_000, 1_999_999_999);
            long number = seconds * (long)Math.Pow(10, digits - 10) + random.NextInt64((long)Math.Pow(10, digits - 10));
            ulong expected = digits == 19 ? (ulong)number / 10 : (ulong)number * (ulong)Math.Pow(10, 18 - digits);
            Assert.Equal(expected, Find($"{number} x", Utc));
            Assert.Equal(expected, Find($"{{\"level\":\"info\",\"ts\":{number}}}", Utc));
        }
    }

    [Fact]
    public void A_file_that_spans_new_year_is_read_in_the_right_years_whenever_it_is_read()
    {
        var start = new DateTime(2025, 11, 1, 0, 0, 0, DateTimeKind.Utc);
        var end = new DateTime(2026, 2, 15, 0, 0, 0, DateTimeKind.Utc);
        for (DateTime written = start; written < end; written = written.AddHours(7))
        {
            byte[] line = Encoding.UTF8.GetBytes(written.ToString("MMM dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture) + " host app: x");
            // Read as it is written, an hour before (clocks differ), and up to ten months later.
            foreach (double days in (double[])[-1 / 24d, 0, 1, 40, 300])
            {
                TimeFinder.TryFind(line, LogTime.From(new DateTimeOffset(written.AddDays(days))), Utc, out ulong time, out _, out _);
                Assert.Equal(new DateTimeOffset(written), LogTime.ToDateTimeOffset(time));
            }
        }
    }

    [Fact]
    public void Any_bytes_are_survived()
    {
        var random = new Random(7);
        byte[][] seeds = ["2026-11-22T09:00:00.1+01:00"u8.ToArray(), "<34>1 Nov 22 09:00:00"u8.ToArray(), "[Sun Dec 04 04:47:44 UTC 2005]"u8.ToArray(), "I1122 09:00:00"u8.ToArray(), "\"ts\":1763802000.25"u8.ToArray(), "10/Oct/2000:13:55:36 -0700"u8.ToArray()];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] line = [.. seeds[random.Next(seeds.Length)]];
            line = line[..random.Next(line.Length + 1)];
            for (int k = random.Next(3); k > 0 && line.Length > 0; k--)
                line[random.Next(line.Length)] = (byte)random.Next(256);
            TimeFinder.TryFind(line, Reference, Utc, out _, out _, out int end);
            Assert.InRange(end, 0, line.Length);
        }
    }

    private static ulong Find(string line, ZoneClock zone)
    {
        TimeFinder.TryFind(Encoding.UTF8.GetBytes(line), Reference, zone, out ulong time, out _, out _);
        return time;
    }

    private static ulong At(string iso)
    {
        string[] parts = iso.TrimEnd('Z').Split('.');
        Assert.True(LogTime.TryParse(parts[0] + "Z", out ulong time));
        return time + (parts.Length == 1 ? 0 : ulong.Parse(parts[1].PadRight(8, '0'), System.Globalization.CultureInfo.InvariantCulture));
    }
}
