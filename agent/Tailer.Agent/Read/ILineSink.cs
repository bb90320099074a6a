using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>Takes what a source's lines became. Every call that takes bytes moves the source past them.</summary>
internal interface ILineSink
{
    /// <summary>Takes an event at the source's position. False, and nothing done, when nothing is taken at present.</summary>
    bool TryAdd(FollowedSource source, ReadOnlySpan<byte> bytes, ulong time, EventFlags flags, in LineFacts facts);

    /// <summary>The same; <paramref name="sent"/>, as long as <paramref name="bytes"/>, is what rules made of them.</summary>
    bool TryAdd(FollowedSource source, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> sent, ulong time, EventFlags flags, in LineFacts facts);

    /// <summary>
    /// Takes an event that a rule made, to stand where it took out lines that end at the source's position: at <paramref name="offset"/>
    /// and no longer than they were. False, and nothing done, when nothing is taken at present.
    /// </summary>
    bool TryAddInPlace(FollowedSource source, ulong offset, ReadOnlySpan<byte> bytes, ulong time, in LineFacts facts);

    /// <summary>Goes past bytes that a rule took out.</summary>
    void Drop(FollowedSource source, ReadOnlySpan<byte> bytes);
}
