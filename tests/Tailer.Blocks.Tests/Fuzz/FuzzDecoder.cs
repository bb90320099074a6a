namespace Tailer.Blocks.Tests.Fuzz;

/// <summary>What is done with an input.</summary>
/// <param name="Decode">Must not throw, and its memory is measured.</param>
/// <param name="Check">What must be true then.</param>
internal sealed record FuzzDecoder(Action<byte[]> Decode, Action<byte[]>? Check = null) : IDisposable
{
    public IDisposable? Owned { get; init; }

    public void Dispose() => Owned?.Dispose();
}
