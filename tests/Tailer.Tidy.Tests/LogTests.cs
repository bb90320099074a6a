using System.Globalization;
using System.Text.RegularExpressions;

namespace Tailer.Tidy.Tests;

/// <summary>Event ids are for operators' filters: unique, stable, and each part has its thousand.</summary>
public sealed partial class LogTests
{
    private static readonly (string Folder, int Thousand)[] Ranges =
    [
        ("shared/Tailer.Hosting/", 1), ("agent/", 2), ("buck/", 3), ("porter/", 4), ("archie/", 5), ("shared/Tailer.Wire/", 6), ("tools/Tailer.Cli/", 7), ("shared/Tailer.Stores/", 8),
    ];

    [Fact]
    public void Event_ids_are_in_the_range_of_their_part() => Verdict.None(Tree.ShippedCode.SelectMany(OutOfRange));

    [Fact]
    public void Event_ids_are_unique() => Verdict.None(Twice(Tree.ShippedCode));

    [Fact]
    public void Logging_goes_through_generated_messages() =>
        Verdict.None(Tree.ShippedCode.SelectMany(f => f.Where(line => PlainLog().IsMatch(line), "use [LoggerMessage]")));

    [Fact]
    public void An_id_of_another_part_is_found() =>
        Assert.Single(OutOfRange(new TextFile("agent/X.cs", "[LoggerMessage(3001, LogLevel.Debug, \"x\")]")));

    [Fact]
    public void An_id_used_twice_is_found() =>
        Assert.Single(Twice([new TextFile("a.cs", "[LoggerMessage(EventId = 1, Level = LogLevel.Debug)]"), new TextFile("b.cs", "[LoggerMessage(1, LogLevel.Debug, \"x\")]")]));

    [Fact]
    public void A_message_without_id_is_found() =>
        Assert.Single(OutOfRange(new TextFile("agent/X.cs", "[LoggerMessage(LogLevel.Debug, \"x\")]")));

    private static IEnumerable<string> OutOfRange(TextFile file)
    {
        foreach ((int line, int? id) in Ids(file))
        {
            int thousand = Ranges.FirstOrDefault(r => file.Path.StartsWith(r.Folder, StringComparison.Ordinal)).Thousand;
            if (id is null)
                yield return $"{file.Path}:{line}: a log message without event id";
            else if (thousand == 0 || id / 1000 != thousand)
                yield return $"{file.Path}:{line}: event id {id} is not in {thousand}000..{thousand}999";
        }
    }

    private static IEnumerable<string> Twice(IEnumerable<TextFile> files) =>
        files.SelectMany(f => Ids(f).Where(e => e.Id is not null).Select(e => (e.Id, Place: $"{f.Path}:{e.Line}")))
            .GroupBy(e => e.Id).Where(g => g.Count() > 1)
            .Select(g => $"event id {g.Key} is used at {string.Join(" and ", g.Select(e => e.Place))}");

    private static IEnumerable<(int Line, int? Id)> Ids(TextFile file)
    {
        foreach (Match m in Message().Matches(file.Text))
        {
            int? id = m.Groups[1].Success ? int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;
            yield return (1 + file.Text.AsSpan(0, m.Index).Count('\n'), id);
        }
    }

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:(?:EventId\s*=\s*)?(\d+))?")]
    private static partial Regex Message();

    [GeneratedRegex(@"\.Log(?:Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex PlainLog();
}
