using System.Diagnostics;
using Tailer.Blocks;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Buck.Tests;

public sealed class StartTests
{
    private const int Files = 100;
    private const long FileBytes = 1L << 30;

    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_buck_over_100_GB_takes_packets_as_soon_as_one_over_nothing(int disks)
    {
        TimeSpan empty = await FirstAcknowledgement(files: 0, disks), full = await FirstAcknowledgement(Files, disks);

        Assert.True(full - empty < StartMax, $"over nothing {empty}, over {Files} GB {full}");
    }

    /// <summary>From the start of the process.</summary>
    private static async Task<TimeSpan> FirstAcknowledgement(int files, int disks)
    {
        using var directory = new TempDirectory();
        string[] paths = [.. Enumerable.Range(0, disks).Select(i => directory[$"disk-{i}"])];
        await using Cluster cluster = Cluster.Create(new ClusterOptions
        {
            Paths = ["/nowhere"],
            Bucks = 1,
            BucketTime = "60s",
            DiskReserve = "0",
            BuckSettings = disks == 1 ? "" : "disks:" + string.Concat(paths.Select(path => $"\n  - path: {path}")),
        });
        Packet packet = new Packets("agent").Make(["a line"]);
        for (int i = 1; i <= files; i++)
            Lay(Path.Combine(disks == 1 ? cluster.BuckData(0) : paths[i % disks], Names.Bucket(packet.Header.Bucket - ((ulong)i * LogTime.PerMinute), LogTime.PerMinute)), packet);
        long from = Stopwatch.GetTimestamp();
        ClusterPart buck = cluster.Bucks[0];
        buck.Start();
        await buck.Process.Line("listens on");
        ConnectResult connected = await BuckConnection.ConnectAsync(cluster.BuckAddress(0), CredentialFile.Load(cluster.CredentialPath("agent")));
        await using BuckConnection agent = connected.Connection ?? throw new InvalidOperationException(connected.Text);
        Assert.Equal(AppendOutcome.Stored, (await TestBuck.AppendAsync(agent, packet)).Outcome);
        return Stopwatch.GetElapsedTime(from);
    }

    /// <summary>A whole record and then a gigabyte that is not there.</summary>
    private static void Lay(string path, Packet packet)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetDirectoryName(path)!)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream file = File.Create(path);
        byte[] header = new byte[RecordHeader.Bytes];
        new RecordHeader(RecordType.Packet, packet.Id, packet.Frame.Length).WriteTo(header);
        file.Write(header);
        file.Write(packet.Frame.Span);
        file.SetLength(FileBytes);
    }
}
