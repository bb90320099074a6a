namespace Tailer.Agent.Tests;

/// <summary>More files than may be open.</summary>
public sealed class HandleLimitTests : IDisposable
{
    private const int HandlesMax = 16;
    private const int Files = 200;

    private readonly AgentRig rig = new() { Options = new ReadOptions { HandlesMax = HandlesMax } };

    public void Dispose() => rig.Dispose();

    [Fact]
    public void Files_beyond_the_limit_are_opened_to_be_read_and_closed_and_every_line_comes()
    {
        for (int i = 0; i < Files; i++)
            File.WriteAllText(rig.PathOf($"{i}.log"), new string((char)('a' + i % 26), 300_000) + "\n");
        rig.Start();
        int most = 0;
        do
        {
            rig.Clock.Advance(TimeSpan.FromMilliseconds(300));
            most = Math.Max(most, rig.Reader.Handles);
        }
        while (rig.Core.Step());
        rig.Step();
        Assert.InRange(Math.Max(most, rig.Reader.Handles), HandlesMax, HandlesMax + HandlesMax / 8 + 1);
        for (int i = 0; i < Files; i++)
            File.AppendAllText(rig.PathOf($"{i}.log"), $"more of {i}\n");
        rig.Pass(TimeSpan.FromSeconds(20));
        rig.Seal();
        Assert.InRange(rig.Reader.Handles, 1, HandlesMax + HandlesMax / 8);
        Dictionary<string, string> delivered = rig.Delivered().Values.ToDictionary(s => Path.GetFileName(s.Descriptor.Path), s => s.Text);
        Assert.Equal(Files, delivered.Count);
        Assert.All(delivered, d => Assert.Equal(File.ReadAllText(rig.PathOf(d.Key)), d.Value));
    }

    [Theory]
    [InlineData(4096, 1_048_576, 4096)]
    [InlineData(4096, 1024, 488)]
    [InlineData(4096, 64, 8)]
    [InlineData(4096, 20, 4)]
    [InlineData(16, 65536, 16)]
    public void Some_of_what_the_process_may_open_is_for_other_things(int wanted, long ofProcess, int held) =>
        Assert.Equal(held, HandleLimit.Fit(wanted, ofProcess));
}
