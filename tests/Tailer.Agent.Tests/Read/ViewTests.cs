using System.Text;
using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Agent.Tests;

/// <summary>Views on the reading side as it is: files written in any pieces, sent in part, killed between.</summary>
public sealed class ViewTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_utf_16_file_written_in_any_two_pieces_comes_whole_and_no_part_cuts_a_unit(bool bigEndian, bool isKilled)
    {
        Encoding encoding = bigEndian ? new UnicodeEncoding(true, true) : new UnicodeEncoding(false, true);
        byte[] all = [.. encoding.GetPreamble(), .. encoding.GetBytes("one \u0A0A\r\n2026-11-22T09:00:00Z ERROR \U0001F600 x\r\nlast\r\n")];
        for (int cut = 0; cut <= all.Length; cut++)
        {
            using AgentRig rig = Rig(null);
            File.WriteAllBytes(rig.PathOf("a.log"), all[..cut]);
            rig.Start();
            rig.Pass(TimeSpan.FromSeconds(3));
            if (isKilled)
            {
                rig.Kill();
                rig.Start();
            }
            Append(rig, all[cut..]);
            rig.Pass(TimeSpan.FromSeconds(5));
            DeliveredSource source = Assert.Single(rig.Delivered().Values);
            Assert.Equal(all, source.Bytes);
            Assert.All(source.Events, e => Assert.Equal(0, e.Length % 2));
            SourceView view = rig.Packets()[^1].Header.Sources[0].Descriptor!.View;
            Assert.Equal(bigEndian ? SourceView.Utf16Be : SourceView.Utf16Le, view);
            var reader = new LineView();
            var text = string.Concat(source.Events.Select(e => Encoding.UTF8.GetString(reader.Read(view, Encoding.Latin1.GetBytes(e.Text)))));
            Assert.Equal("one \u0A0A2026-11-22T09:00:00Z ERROR \U0001F600 xlast", text);
        }
    }

    [Fact]
    public void Half_a_character_at_the_end_of_a_deleted_file_is_not_lost()
    {
        using AgentRig rig = Rig(SourceView.Utf16Le);
        byte[] all = [.. Encoding.Unicode.GetBytes("one\ntw"), 0x6F];
        File.WriteAllBytes(rig.PathOf("a.log"), all);
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(all[..^1], Assert.Single(rig.Delivered().Values).Bytes);
        File.Delete(rig.PathOf("a.log"));
        rig.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(all, Assert.Single(rig.Delivered().Values).Bytes);
        Assert.Empty(rig.Manifests().SelectMany(m => m.Sources).SelectMany(s => s.Skips));
    }

    [Fact]
    public void Half_a_byte_order_mark_waits_for_the_other_half_and_costs_no_turns()
    {
        using AgentRig rig = Rig(null);
        File.WriteAllBytes(rig.PathOf("a.log"), [0xFF]);
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(5));
        Assert.Empty(rig.Packets());
        Assert.True(rig.Core.UntilNextDue() > TimeSpan.Zero);
        Append(rig, [0xFE, (byte)'x', 0, 0x0A, 0]);
        rig.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(6, Assert.Single(Assert.Single(rig.Delivered().Values).Events).Length);
    }

    [Fact]
    public void Of_container_logs_the_time_is_the_runtime_s_and_the_rest_the_content_s()
    {
        using AgentRig rig = Rig(null);
        File.WriteAllText(rig.PathOf("docker.log"),
            """{"log":"2026-11-22 10:00:00 ERROR broken\n","stream":"stderr","time":"2026-11-22T09:00:00.123456789Z"}""" + "\n" +
            """{"log":"cut ","stream":"stdout","time":"2026-11-22T09:00:01Z"}""" + "\n" +
            """{"log":"in two\n","stream":"stdout","time":"2026-11-22T09:00:02Z"}""" + "\n");
        File.WriteAllText(rig.PathOf("cri.log"),
            "2026-11-22T09:00:03.5Z stdout F level=warning msg=x\n2026-11-22T09:00:04Z stdout P cut \n2026-11-22T09:00:05Z stdout P again \n2026-11-22T09:00:06Z stdout F in three\n2026-11-22T09:00:07Z stdout F other\n");
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(3));
        Dictionary<string, DeliveredSource> files = rig.Delivered().Values.ToDictionary(s => Path.GetFileName(s.Descriptor.Path));
        ulong nine = LogTime.From(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero));
        Assert.Equal((SourceView.DockerJson, SourceView.Cri), (files["docker.log"].Descriptor.View, files["cri.log"].Descriptor.View));
        Assert.Equal([nine + 12345678, nine + LogTime.PerSecond, nine + 2 * LogTime.PerSecond], files["docker.log"].Events.Select(e => e.Time));
        Assert.Equal([EventFlags.None, EventFlags.None, EventFlags.Continues], files["docker.log"].Events.Select(e => e.Flags));
        Assert.Equal([EventFlags.None, EventFlags.None, EventFlags.Continues, EventFlags.Continues, EventFlags.None], files["cri.log"].Events.Select(e => e.Flags));
        Assert.Equal(nine + 7 * LogTime.PerSecond / 2, files["cri.log"].Events[0].Time);
        using var block = new DecodedBlock();
        var severities = new List<Severity>();
        foreach (Packet packet in rig.Packets())
        {
            packet.TryDecode(block);
            for (int i = 0; i < block.Count; i++)
                severities.Add(block[i].Severity);
        }
        Assert.Contains(Severity.Error, severities);
        Assert.Contains(Severity.Warning, severities);
    }

    private static AgentRig Rig(SourceView? view) => new(rig => new FileSet { Include = PathGlob.Parse(Path.Combine(rig.Logs, "*.log")), View = view });

    private static void Append(AgentRig rig, byte[] bytes)
    {
        using FileStream file = File.Open(rig.PathOf("a.log"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write(bytes);
    }
}
