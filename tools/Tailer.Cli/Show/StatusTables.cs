using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Tailer.Hosting;

namespace Tailer.Cli.Show;

/// <summary>Archie's status (docs/formats/http.md, 3.7) as tables.</summary>
internal sealed class StatusTables(IAnsiConsole console)
{
    public void Show(JsonElement status)
    {
        foreach (JsonElement environment in Items(status, "environments"))
        {
            console.MarkupLineInterpolated($"[bold]{Text(environment, "name")}[/]");
            Bucks(environment);
            Disks(environment);
            Agents(environment);
            Reach(environment);
            Gaps(environment);
        }
    }

    private void Bucks(JsonElement environment)
    {
        Table table = Start("buck", "state", "secure address", "http", "packets", "stored");
        foreach (JsonElement buck in Items(environment, "bucks"))
            Row(table, Text(buck, "name"), State(Text(buck, "state")), Text(buck, "address"), Text(buck, "http"), Number(buck, "packets"), Bytes(buck, "storedBytes"));
        console.Write(table);
        foreach (JsonElement buck in Items(environment, "bucks"))
            Why(Text(buck, "name"), Text(buck, "error"));
    }

    /// <summary>Those of bucks with several, and any that is not well.</summary>
    private void Disks(JsonElement environment)
    {
        var disks = (from buck in Items(environment, "bucks") let own = Items(buck, "disks") from disk in own where own.Count() > 1 || Text(disk, "state") != "ok" select (Buck: buck, Disk: disk)).ToArray();
        if (disks.Length == 0)
            return;
        Table table = Start("buck", "disk", "state", "free", "reserve", "weight");
        foreach ((JsonElement buck, JsonElement disk) in disks)
            Row(table, Text(buck, "name"), Text(disk, "path"), State(Text(disk, "state")), Bytes(disk, "freeBytes"), Bytes(disk, "reserveBytes"), Number(disk, "weight"));
        console.Write(table);
        foreach ((JsonElement buck, JsonElement disk) in disks)
            Why($"{Text(buck, "name")} {Text(disk, "path")}", Text(disk, "trouble"));
    }

    /// <summary>Below its table: a reason is too long for a column, and a table that does not fit shows nothing.</summary>
    private void Why(string what, string reason)
    {
        if (reason.Length > 0)
            console.MarkupLine($"  [red]{what}[/]: {reason}");
    }

    private void Agents(JsonElement environment)
    {
        Table table = Start("agent", "state", "last seen", "lag", "not read", "bucks", "spool", "clock", "credential");
        foreach (JsonElement agent in Items(environment, "agents"))
        {
            string bucks = string.Join(" ", Items(agent, "bucks").Select(b => b.GetString()));
            Row(table, Text(agent, "name"), State(Text(agent, "state")), Time(agent, "lastSeen"), Seconds(agent, "lagSeconds"), Bytes(agent, "lagBytes"), Markup.Escape(bucks), Bytes(agent, "spoolBytes"), Skew(agent), Time(agent, "credentialExpires"));
        }

        console.Write(table);
        Behind(environment);
    }

    private void Behind(JsonElement environment)
    {
        var files = (from agent in Items(environment, "agents") from file in Items(agent, "behind") select (Agent: agent, File: file)).ToArray();
        if (files.Length == 0)
            return;
        Table table = Start("agent", "not read", "for", "file");
        foreach ((JsonElement agent, JsonElement file) in files)
            Row(table, Text(agent, "name"), Bytes(file, "bytes"), Seconds(file, "seconds"), Text(file, "path"));
        console.Write(table);
    }

    private void Reach(JsonElement environment)
    {
        Table table = Start("", "until", "lag", "segments", "events", "bytes");
        JsonElement porter = Part(environment, "porter");
        JsonElement recent = Part(environment, "recent");
        JsonElement archive = Part(environment, "archive");
        Row(table, "recent", Time(porter, "watermark"), Seconds(porter, "lagSeconds"), Number(recent, "segments"), Number(recent, "events"), Bytes(recent, "bytes"));
        Row(table, "archive", Time(porter, "archivedUntil"), "", Number(archive, "segments"), "", Bytes(archive, "bytes"));
        console.Write(table);
    }

    private void Gaps(JsonElement environment)
    {
        JsonElement[] gaps = [.. Items(environment, "gaps")];
        if (gaps.Length == 0)
            return;
        Table table = Start("gap in", "from", "to", "why");
        foreach (JsonElement gap in gaps)
            Row(table, $"{Text(gap, "host")} {Text(gap, "path")} {Text(gap, "source")}", Number(gap, "from"), Number(gap, "to"), Text(gap, "why"));
        console.Write(table);
    }

    private static Table Start(params string[] columns) => new Table().Border(TableBorder.Simple).AddColumns([.. columns.Select(c => new TableColumn($"[grey]{c}[/]").NoWrap())]);

    private static void Row(Table table, params string[] cells) => table.AddRow(cells);

    private static string State(string state) => state switch
    {
        "up" or "ok" => $"[green]{state}[/]",
        "lagging" or "draining" => $"[yellow]{state}[/]",
        _ => $"[red]{state}[/]",
    };

    private static JsonElement Part(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement part) ? part : default;

    private static JsonElement.ArrayEnumerator Items(JsonElement e, string name) =>
        e.ValueKind == JsonValueKind.Object && e.TryGetProperty(name, out JsonElement items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;

    private static string Text(JsonElement e, string name) =>
        e.ValueKind == JsonValueKind.Object && e.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? Markup.Escape(value.GetString()!) : "";

    private static double? Value(JsonElement e, string name) =>
        e.ValueKind == JsonValueKind.Object && e.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static string Skew(JsonElement e) =>
        Value(e, "skewSeconds") is { } seconds ? Math.Abs(seconds) < 1 ? "right" : string.Create(CultureInfo.InvariantCulture, $"{seconds:+0;-0} s") : "";

    private static string Number(JsonElement e, string name) => Value(e, name)?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    private static string Seconds(JsonElement e, string name) => Value(e, name) switch
    {
        null => "",
        < 120 and { } seconds => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
        { } seconds => DurationText.Format(TimeSpan.FromMinutes(Math.Round(seconds / 60))),
    };

    /// <summary>To the second: what is finer only takes room.</summary>
    private static string Time(JsonElement e, string name) =>
        DateTimeOffset.TryParse(Text(e, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : "";

    private static string Bytes(JsonElement e, string name)
    {
        if (Value(e, name) is not { } bytes)
            return "";
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        int unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++)
            bytes /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {units[unit]}");
    }
}
