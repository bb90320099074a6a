using System.Globalization;

namespace Tailer.Bench;

/// <summary>
/// A thousand pages in a process of its own. Arguments: the buck's URL, a ticket, connections, how many of them stall, how many vanish
/// at the end. Commands come as lines: <c>stall</c>, <c>resume</c>, <c>vanish</c>, <c>count</c>; each is answered by a line,
/// <c>count</c> by what it counts and the others by 0.
/// </summary>
internal static class ViewersPart
{
    public const string Name = "viewers";

    /// <summary>Each matches a tenth of the lines.</summary>
    public static readonly string[] Queries = [.. Enumerable.Range(0, 10).SelectMany(i => new[] { $"ka{i}", $"kb{i}" })];

    /// <summary>At once; the buck's door is not what is measured.</summary>
    private const int ConnectingMax = 16;

    public static async Task<int> Serve(string[] arguments)
    {
        var url = new Uri(arguments[0]);
        int count = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        int stalling = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        int vanishing = int.Parse(arguments[4], CultureInfo.InvariantCulture);
        RawViewer[] viewers = [.. Enumerable.Range(0, count).Select(i => new RawViewer(Queries[i % Queries.Length]))];
        using var stop = new CancellationTokenSource();
        await Parallel.ForEachAsync(viewers.Index(), new ParallelOptions { MaxDegreeOfParallelism = ConnectingMax },
            async (viewer, cancel) => await viewer.Item.ConnectAsync(url, arguments[1], willStall: viewer.Index < stalling, cancel));
        Task[] running = [.. viewers.Select(viewer => viewer.RunAsync(stop.Token))];
        RawViewer[] stalled = viewers[..stalling], healthy = viewers[stalling..], gone = viewers[^vanishing..];
        await Console.Out.WriteLineAsync("ready");
        while (await Console.In.ReadLineAsync() is { } command)
        {
            switch (command)
            {
                case "stall":
                    Array.ForEach(stalled, viewer => viewer.Stall());
                    break;
                case "resume":
                    Array.ForEach(viewers, viewer => viewer.Notes = false);
                    Array.ForEach(stalled, viewer => viewer.Resume());
                    break;
                case "vanish":
                    Array.ForEach(viewers, viewer => viewer.Notes = true);
                    Array.ForEach(gone, viewer => viewer.Vanish());
                    healthy = healthy[..^vanishing];
                    break;
            }
            await Console.Out.WriteLineAsync(command == "count" ? Describe(stalled, healthy) : "0");
        }
        await stop.CancelAsync();
        await Task.WhenAll(running);
        Array.ForEach(viewers, viewer => viewer.Dispose());
        return 0;
    }

    /// <summary>Least and greatest of received and dropped lines together, over all that are there; dropped by the stalled and by the healthy; latencies of the healthy; connections that ended.</summary>
    private static string Describe(RawViewer[] stalled, RawViewer[] healthy)
    {
        RawViewer[] here = [.. stalled, .. healthy];
        double[] latencies = [.. healthy.SelectMany(v => v.LatenciesMs).Order()];
        return string.Join(' ', new[]
        {
            here.Min(v => v.Lines + v.Dropped), here.Max(v => v.Lines + v.Dropped), stalled.Sum(v => v.Dropped), stalled.Count(v => v.Dropped > 0),
            healthy.Sum(v => v.Dropped), here.Count(v => v.HasEnded), At(latencies, 0.5), At(latencies, 0.99),
        }.Select(value => value.ToString("0.###", CultureInfo.InvariantCulture)));
    }

    private static double At(double[] sorted, double p) => sorted.Length == 0 ? 0 : Percentile.OfSorted(sorted, p);
}
