using System.Diagnostics;
using System.Globalization;
using System.Net;
using Tailer.Wire;

namespace Tailer.Bench;

/// <summary>
/// Agents that send as fast as a buck takes, in a process of their own. Arguments: the buck's address, a credential, its name, a log,
/// connections, lines in a packet (0: full packets). Each line on stdin is a number of packets to send; answered by
/// <c>packets bytes seconds greatest-ms</c>.
/// </summary>
internal static class IngestPart
{
    public const string Name = "ingest";

    /// <summary>Packets under way on a connection, as an agent has them.</summary>
    private const int Window = 32;

    private const int FullPackets = 512, SmallPackets = 4096;

    public static async Task<int> Serve(string[] arguments)
    {
        CredentialFile credential = CredentialFile.Load(arguments[1]);
        int connections = int.Parse(arguments[4], CultureInfo.InvariantCulture);
        int lines = int.Parse(arguments[5], CultureInfo.InvariantCulture);
        PacketStock[] stocks = [.. Enumerable.Range(0, connections).Select(_ => PacketStock.Make(
            arguments[3], arguments[2], (lines == 0 ? FullPackets : SmallPackets) / connections, lines == 0 ? int.MaxValue : lines))];
        var bucks = new BuckConnection[connections];
        for (int i = 0; i < connections; i++)
            bucks[i] = await ConnectAsync(IPEndPoint.Parse(arguments[0]), credential);
        await Console.Out.WriteLineAsync("ready");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            int each = int.Parse(line, CultureInfo.InvariantCulture) / connections;
            long from = Stopwatch.GetTimestamp();
            Sent[] sent = await Task.WhenAll(bucks.Select((buck, i) => Task.Run(() => SendAsync(buck, stocks[i], each))));
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{each * connections} {sent.Sum(s => s.Bytes)} {Stopwatch.GetElapsedTime(from).TotalSeconds:0.000} {sent.Max(s => s.GreatestMs):0.0}"));
        }
        foreach (BuckConnection buck in bucks)
            await buck.DisposeAsync();
        return 0;
    }

    public static async Task<BuckConnection> ConnectAsync(IPEndPoint address, CredentialFile credential)
    {
        ConnectResult result = await BuckConnection.ConnectAsync(address, credential);
        return result.Connection ?? throw new InvalidOperationException(result.Text);
    }

    /// <summary>Milliseconds until it was acknowledged. Throws <see cref="InvalidOperationException"/> unless the packet is stored.</summary>
    public static async Task<double> AppendAsync(BuckConnection buck, Append append)
    {
        long from = Stopwatch.GetTimestamp();
        AppendResult result = await buck.AppendAsync(append);
        return result.Outcome == AppendOutcome.Stored
            ? Stopwatch.GetElapsedTime(from).TotalMilliseconds
            : throw new InvalidOperationException($"a packet was not stored: {result.Outcome} {result.Reason}");
    }

    private static async Task<Sent> SendAsync(BuckConnection buck, PacketStock stock, int count)
    {
        var window = new Queue<Task<double>>();
        long bytes = 0;
        double greatest = 0;
        for (int i = 0; i < count; i++)
        {
            if (window.Count == Window)
                greatest = Math.Max(greatest, await window.Dequeue());
            Append append = stock.Next();
            bytes += append.Frame.Length;
            window.Enqueue(AppendAsync(buck, append));
        }
        foreach (Task<double> last in window)
            greatest = Math.Max(greatest, await last);
        return new Sent(bytes, greatest);
    }

    private readonly record struct Sent(long Bytes, double GreatestMs);
}
