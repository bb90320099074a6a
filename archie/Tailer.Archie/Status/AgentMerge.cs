using System.Globalization;
using Tailer.Wire;

namespace Tailer.Archie;

/// <summary>One view of the agents out of what several bucks say. The newest report wins; being connected anywhere counts.</summary>
internal static class AgentMerge
{
    /// <summary>An agent whose lines come later than this is worth a look.</summary>
    private const double LagSecondsMax = 30;

    /// <summary>Reconnecting after a buck's restart takes less.</summary>
    private static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<AgentStatus> Merge(IEnumerable<(string Buck, BuckReportAgent Agent)> reports, DateTimeOffset now) =>
    [
        .. from report in reports
           group report by report.Agent.Name into agent
           orderby agent.Key
           select Merge(agent.Key, [.. agent], now),
    ];

    private static AgentStatus Merge(string name, (string Buck, BuckReportAgent Agent)[] reports, DateTimeOffset now)
    {
        BuckReportAgent newest = reports.MaxBy(r => r.Agent.LastSeen ?? DateTimeOffset.MinValue).Agent;
        string[] bucks = [.. reports.Where(r => r.Agent.Connected).Select(r => r.Buck).Order(StringComparer.Ordinal)];
        double? lag = Number(newest, HeartbeatKeys.LagSeconds);
        string state = bucks.Length > 0 ? lag > LagSecondsMax ? "lagging" : "ok"
            : newest.Goodbye || newest.Retired ? "gone"
            : now - newest.LastSeen < SilentAfter ? "lagging" : "silent";
        return new AgentStatus(
            name, Text(newest, HeartbeatKeys.Host), state, newest.LastSeen, lag, bucks, Text(newest, HeartbeatKeys.Version), (long?)Number(newest, HeartbeatKeys.Sources), (long?)Number(newest, HeartbeatKeys.SpoolBytes))
        {
            SkewSeconds = newest.SkewSeconds,
            // Of a credential that was replaced, bucks it has not come back to know the old one.
            CredentialExpires = reports.Where(r => r.Agent.Connected).Max(r => r.Agent.CredentialExpires) ?? newest.CredentialExpires,
            LagBytes = (long?)Number(newest, HeartbeatKeys.LagBytes),
            Behind = Behind(newest),
        };
    }

    private static AgentFileLag[]? Behind(BuckReportAgent agent)
    {
        var files = new List<AgentFileLag>();
        for (int i = 0; Text(agent, HeartbeatKeys.Behind(i)) is { } value; i++)
        {
            string[] parts = value.Split(' ', 3);
            if (parts.Length == 3 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
                && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
                files.Add(new AgentFileLag(parts[2], bytes, seconds));
        }
        return files.Count == 0 ? null : [.. files];
    }

    private static string? Text(BuckReportAgent agent, string key) => agent.Values?.GetValueOrDefault(key);

    private static double? Number(BuckReportAgent agent, string key) =>
        double.TryParse(Text(agent, key), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;
}
