using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tailer.Blocks;

/// <summary>
/// BLAKE2b-128 of several inputs at once (RFC 7693, no key). The steps of one input wait for each other, and most of a processor idles; four inputs
/// take hardly longer than one. A lane whose input has ended takes the next. For a single input <see cref="Native.Sodium.Blake2b"/> is quicker.
/// </summary>
internal ref struct Blake2bLanes
{
    private const int Lanes = Blake2bStep.Lanes;
    private const int BlockBytes = Blake2bStep.BlockBytes;

    /// <summary>No input is left for the lane; what it computes is of no use.</summary>
    private const int Idle = -1;

    /// <summary>The parameter block's first word (section 2.5): bytes of the hash, no key, neither fanout nor depth.</summary>
    private const ulong Parameters = 0x01010000 | PacketId.Bytes;

    private readonly ReadOnlySpan<ReadOnlyMemory<byte>> inputs;
    private readonly Span<PacketId> hashes;
    private readonly Span<Vector256<ulong>> state;
    private readonly Span<byte> lastBlocks;
    private readonly Span<int> inputOf;
    private readonly Span<int> done;
    private int next;

    private Blake2bLanes(
        ReadOnlySpan<ReadOnlyMemory<byte>> inputs, Span<PacketId> hashes, Span<Vector256<ulong>> state, Span<byte> lastBlocks, Span<int> inputOf, Span<int> done)
    {
        this.inputs = inputs;
        this.hashes = hashes;
        this.state = state;
        this.lastBlocks = lastBlocks;
        this.inputOf = inputOf;
        this.done = done;
    }

    /// <summary>Whether this processor has what it needs.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>The hash of each input, in their order; the spans are of the same length.</summary>
    public static void Hash(ReadOnlySpan<ReadOnlyMemory<byte>> inputs, Span<PacketId> hashes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(hashes.Length, inputs.Length);
        var lanes = new Blake2bLanes(
            inputs, hashes, stackalloc Vector256<ulong>[Blake2bStep.StateWords], stackalloc byte[Lanes * BlockBytes], stackalloc int[Lanes], stackalloc int[Lanes]);
        for (int lane = 0; lane < Lanes; lane++)
            lanes.Begin(lane);
        while (lanes.inputOf.ContainsAnyExcept(Idle))
        {
            lanes.AddBlocksBeforeLast();
            lanes.AddBlocksWithLast();
        }
    }

    private readonly int Left(int lane) => inputs[inputOf[lane]].Length - done[lane];

    private void Begin(int lane)
    {
        inputOf[lane] = next < inputs.Length ? next++ : Idle;
        done[lane] = 0;
        Span<ulong> words = Words(lane);
        for (int i = 0; i < Blake2bStep.StateWords; i++)
            words[i * Lanes] = Blake2bStep.InitialValues[i];
        words[0] ^= Parameters;
    }

    /// <summary>The words of the lane's state are every fourth from the first on.</summary>
    private readonly Span<ulong> Words(int lane) => MemoryMarshal.Cast<Vector256<ulong>, ulong>(state)[lane..];

    /// <summary>As many blocks of each as there are before the first input's last one.</summary>
    private readonly void AddBlocksBeforeLast()
    {
        int blocks = int.MaxValue;
        int running = Idle;
        for (int lane = 0; lane < Lanes; lane++)
        {
            if (inputOf[lane] == Idle)
                continue;
            running = lane;
            blocks = Math.Min(blocks, Math.Max(Left(lane) - 1, 0) / BlockBytes);
        }
        if (blocks == 0)
            return;
        Blake2bStep.Add(state, ref At(0, running), ref At(1, running), ref At(2, running), ref At(3, running), blocks, Vector256.Create((ulong)done[0], (ulong)done[1], (ulong)done[2], (ulong)done[3]));
        for (int lane = 0; lane < Lanes; lane++)
            done[lane] += blocks * BlockBytes;
    }

    /// <summary>One block of each, of which at least one is the last of its input: full or not, even empty.</summary>
    private void AddBlocksWithLast()
    {
        Span<ulong> counter = stackalloc ulong[Lanes];
        Span<ulong> last = stackalloc ulong[Lanes];
        for (int lane = 0; lane < Lanes; lane++)
        {
            if (inputOf[lane] == Idle)
                continue;
            int bytes = Math.Min(Left(lane), BlockBytes);
            Span<byte> block = lastBlocks.Slice(lane * BlockBytes, BlockBytes);
            inputs[inputOf[lane]].Span.Slice(done[lane], bytes).CopyTo(block);
            block[bytes..].Clear();
            done[lane] += bytes;
            counter[lane] = (ulong)done[lane];
            last[lane] = Left(lane) == 0 ? ulong.MaxValue : 0;
        }
        Blake2bStep.Add(
            state, ref lastBlocks[0], ref lastBlocks[BlockBytes], ref lastBlocks[2 * BlockBytes], ref lastBlocks[3 * BlockBytes],
            Vector256.Create<ulong>(counter), Vector256.Create<ulong>(last));
        for (int lane = 0; lane < Lanes; lane++)
        {
            if (last[lane] != 0)
                End(lane);
        }
    }

    private void End(int lane)
    {
        Span<byte> hash = stackalloc byte[PacketId.Bytes];
        Span<ulong> words = Words(lane);
        BinaryPrimitives.WriteUInt64LittleEndian(hash, words[0]);
        BinaryPrimitives.WriteUInt64LittleEndian(hash[sizeof(ulong)..], words[Lanes]);
        hashes[inputOf[lane]] = PacketId.Read(hash);
        Begin(lane);
    }

    /// <summary>Where the lane's input goes on; an idle lane repeats what the running one does.</summary>
    private readonly ref byte At(int lane, int running)
    {
        int like = inputOf[lane] == Idle ? running : lane;
        return ref Unsafe.Add(ref MemoryMarshal.GetReference(inputs[inputOf[like]].Span), done[like]);
    }
}
