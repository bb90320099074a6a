using System.Diagnostics;
using System.Globalization;
using System.Net;
using Tailer.Wire;

namespace Tailer.Bench;

/// <summary>
/// Many agents that have little to send, in a process of their own. Arguments: the buck's address, a credential, its name, a log,
/// connections, seconds between two packets of one. Each line on stdin is a number of seconds to send for; answered by
/// <c>packets p50-ms p99-ms greatest-ms</c>.
/// </summary>
internal static class AgentsPart
{
    public const string Name = "agents";

    private const int ConnectingMax = 32;
    private const int Packets = 4096, LinesPerPacket = 10;

    public static async Task<int> Serve(string[] arguments)
    {
        CredentialFile credential = CredentialFile.Load(arguments[1]);
        var stock = PacketStock.Make(arguments[3], arguments[2], Packets, LinesPerPacket);
        var bucks = new BuckConnection[int.Parse(arguments[4], CultureInfo.InvariantCulture)];
        double period = double.Parse(arguments[5], CultureInfo.InvariantCulture);
        await Parallel.ForEachAsync(Enumerable.Range(0, bucks.Length), new ParallelOptions { MaxDegreeOfParallelism = ConnectingMax },
            async (i, _) => bucks[i] = await IngestPart.ConnectAsync(IPEndPoint.Parse(arguments[0]), credential));
        await Console.Out.WriteLineAsync("ready");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            double[] late = await SendAsync(bucks, stock, period, double.Parse(line, CultureInfo.InvariantCulture));
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{late.Length} {Percentile.OfSorted(late, 0.5):0.0} {Percentile.OfSorted(late, 0.99):0.0} {late[^1]:0.0}"));
        }
        await Parallel.ForEachAsync(bucks, async (buck, _) => await buck.DisposeAsync());
        return 0;
    }

    /// <summary>One after the other, evenly, whether or not those before are acknowledged. Milliseconds from when a packet was due, in order.</summary>
    private static async Task<double[]> SendAsync(BuckConnection[] bucks, PacketStock stock, double period, double seconds)
    {
        var under = new List<Task<double>>();
        long begin = Stopwatch.GetTimestamp();
        int count = (int)(bucks.Length * seconds / period);
        for (int i = 0; i < count; i++)
        {
            double due = i * period / bucks.Length;
            double wait = due - Stopwatch.GetElapsedTime(begin).TotalSeconds;
            if (wait > 0.001)
                await Task.Delay(TimeSpan.FromSeconds(wait));
            under.Add(SendOneAsync(bucks[i % bucks.Length], stock.Next(), begin, due));
        }
        double[] late = await Task.WhenAll(under);
        Array.Sort(late);
        return late;
    }

    private static async Task<double> SendOneAsync(BuckConnection buck, Append append, long begin, double due)
    {
        await IngestPart.AppendAsync(buck, append);
        return (Stopwatch.GetElapsedTime(begin).TotalSeconds - due) * 1000;
    }
}
