using System.Globalization;
using System.Text;
using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Agent;

/// <summary>
/// Takes lines in the spool's place and prints them, each with what is beside its bytes: a line for the facts, a line for the text, in
/// which variables stand in braces, or in colour on a terminal.
/// </summary>
internal sealed class TryPrinter(TextWriter output, int linesMax, bool hasColours) : ILineSink
{
    private const string Reset = "\u001b[0m", Dim = "\u001b[2m", Variable = "\u001b[36m", Time = "\u001b[35m", Red = "\u001b[31m", Yellow = "\u001b[33m";

    private readonly LineView view = new();
    private readonly LineVariables variables = new();
    private readonly ZoneClock utc = new(TimeZoneInfo.Utc);
    private int printed;
    private long sent;
    private long dropped;
    private IReadOnlyList<string>? counts;

    /// <summary>As many lines were printed as were asked for.</summary>
    public bool IsFull => printed == linesMax;

    /// <summary>Something about the whole.</summary>
    public void Say(string text) => output.WriteLine(Coloured(Dim, "# " + text));

    public bool TryAdd(FollowedSource source, ReadOnlySpan<byte> bytes, ulong time, EventFlags flags, in LineFacts facts) =>
        TryAdd(source, bytes, bytes, time, flags, facts);

    public bool TryAdd(FollowedSource source, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> sent, ulong time, EventFlags flags, in LineFacts facts)
    {
        if (IsFull)
            return false;
        Print(source, source.Position, sent, time, flags, facts, note: "");
        source.Advance(bytes);
        Note(source);
        return true;
    }

    public bool TryAddInPlace(FollowedSource source, ulong offset, ReadOnlySpan<byte> bytes, ulong time, in LineFacts facts)
    {
        if (IsFull)
            return false;
        Print(source, offset, bytes, time, EventFlags.Altered, facts, "in the place of what a limit kept out");
        source.CoverDropped();
        Note(source);
        return true;
    }

    public void Drop(FollowedSource source, ReadOnlySpan<byte> bytes)
    {
        if (!IsFull)
        {
            printed++;
            dropped++;
            RuleCount? rule = source.Rules?.TakenBy;
            output.WriteLine(Coloured(Red, string.Create(CultureInfo.InvariantCulture, $"{source.Position,10}  not sent: {rule?.Kind} {rule?.Rule}")));
            output.WriteLine(Coloured(Dim, "            " + Shown(view.Read(source.View, bytes))));
        }
        source.Drop(bytes);
        Note(source);
    }

    /// <summary>Says what there is to say about all lines shown.</summary>
    public void Finish(FollowedSource source, FileSet set)
    {
        Say(string.Create(CultureInfo.InvariantCulture, $"{sent} sent, {dropped} not sent of these; view {source.View}, app {source.Path.App} where a line names none{Tags(set)}"));
        foreach (string text in counts ?? Counts(source, set))
            Say(text);
    }

    /// <summary>Behind the last line that is shown another is parsed and goes through the rules, and counts there.</summary>
    private void Note(FollowedSource source)
    {
        if (IsFull)
            counts ??= Counts(source, source.Path.Set);
    }

    private static List<string> Counts(FollowedSource source, FileSet set)
    {
        List<string> all = [];
        ParseCounts unread = set.Unread;
        if (unread.TimesMissing + unread.TimesImpossible + unread.TimesInFuture + unread.TimesBeforeHistory + unread.HostsRefused > 0)
        {
            all.Add(string.Create(CultureInfo.InvariantCulture,
                $"times not read: {unread.TimesMissing} missing, {unread.TimesImpossible} impossible, {unread.TimesInFuture} in the future, {unread.TimesBeforeHistory} before history; hosts refused: {unread.HostsRefused}"));
        }
        foreach (RuleCount rule in set.Rules?.Counts ?? [])
            all.Add(string.Create(CultureInfo.InvariantCulture, $"{rule.Kind} {rule.Rule}: {rule.Lines} lines, {rule.Bytes} bytes of the {source.Position} read"));
        return all;
    }

    private static string Tags(FileSet set) => set.Tags.Count == 0 ? "" : ", tags " + string.Join(' ', set.Tags.Select(tag => $"{tag.Key}={tag.Value}"));

    private void Print(FollowedSource source, ulong offset, ReadOnlySpan<byte> bytes, ulong time, EventFlags flags, in LineFacts facts, string note)
    {
        printed++;
        sent++;
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{offset,10}  ").Append(LogTime.Format(time)).Append("  ");
        line.Append(SeverityNames.NameOf(facts.Severity)).Append("  ").Append(facts.Host ?? source.Path.Agent.Host).Append("  ").Append(facts.App ?? source.Path.App);
        if (facts.Pid != 0)
            line.Append(CultureInfo.InvariantCulture, $"[{facts.Pid}]");
        foreach (EventFlags flag in (ReadOnlySpan<EventFlags>)[EventFlags.Continues, EventFlags.Partial, EventFlags.TimeInherited, EventFlags.Altered])
        {
            if (flags.HasFlag(flag))
                line.Append("  ").Append(Coloured(Yellow, Word(flag)));
        }
        if (note.Length > 0)
            line.Append("  ").Append(note);
        output.WriteLine(line.ToString());
        output.WriteLine("            " + Template(view.Read(source.View, bytes)));
    }

    private static string Word(EventFlags flag) => flag switch
    {
        EventFlags.Continues => "continues",
        EventFlags.Partial => "partial",
        EventFlags.TimeInherited => "time-inherited",
        _ => "altered",
    };

    /// <summary>The text with its time and variables marked.</summary>
    private string Template(ReadOnlySpan<byte> text)
    {
        var template = new StringBuilder();
        int done = 0;
        if (TimeFinder.TryFind(text, LogTime.Now(TimeProvider.System), utc, out _, out int at, out int end))
        {
            template.Append(Shown(text[..at])).Append(Marked(Time, text[at..end]));
            done = end;
        }
        int lead = done;
        foreach ((int start, int length) in variables.Find(text[lead..]))
        {
            template.Append(Shown(text[done..(lead + start)])).Append(Marked(Variable, text.Slice(lead + start, length)));
            done = lead + start + length;
        }
        return template.Append(Shown(text[done..])).ToString();
    }

    private string Marked(string colour, ReadOnlySpan<byte> text) => hasColours ? Coloured(colour, Shown(text)) : $"{{{Shown(text)}}}";

    private string Coloured(string colour, string text) => hasColours ? colour + text + Reset : text;

    /// <summary>Text for a terminal: what a file has of control characters must not command it.</summary>
    private static string Shown(ReadOnlySpan<byte> text)
    {
        string shown = Encoding.UTF8.GetString(text);
        return shown.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 && !shown.Contains('\u007f')
            ? shown
            : string.Concat(shown.Select(c => c == '\t' || !char.IsControl(c) ? c : c < 0x20 ? (char)(0x2400 + c) : '\uFFFD'));
    }
}
