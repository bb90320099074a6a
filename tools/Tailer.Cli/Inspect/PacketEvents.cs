using Tailer.Blocks;

namespace Tailer.Cli.Inspect;

/// <summary>Copies events out of packets.</summary>
internal static class PacketEvents
{
    public static void Sample(FrameHeader frame, DecodedBlock block, SourceBook sources, List<EventSample> into, int max)
    {
        for (int i = 0; i < block.Count && into.Count < max; i++)
        {
            Event e = block[i];
            SourceId source = frame.Sources[e.Source].Source;
            into.Add(EventSample.Of(e, sources.NumberOf(source), source));
        }
    }
}
