using System.Runtime.CompilerServices;

namespace Tailer.Blocks.Tests;

public sealed class BufferPoolTests
{
    /// <summary>Of this size nobody else rents any.</summary>
    private const int Unusual = 64 * 1024 * 1024;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(131_072)]
    [InlineData(131_073)]
    [InlineData(262_144)]
    [InlineData(262_145)]
    [InlineData(16 * 1024 * 1024)]
    public void What_is_rented_is_at_least_as_long_as_asked_for_and_nobody_elses(int bytes)
    {
        byte[][] rented = [.. Enumerable.Range(0, 12).Select(_ => BufferPool.Rent(bytes))];
        Assert.All(rented, array => Assert.InRange(array.Length, bytes, Math.Max(16, 2 * bytes)));
        if (bytes > 0)
            Assert.Equal(rented.Length, rented.Distinct(ReferenceEqualityComparer.Instance).Count());
        foreach (byte[] array in rented)
            BufferPool.Return(array);
    }

    [Fact]
    public void A_large_array_is_rented_again_by_another_thread()
    {
        byte[] first = BufferPool.Rent(Unusual - 1);
        BufferPool.Return(first);
        byte[]? second = null;
        var thread = new Thread(() => second = BufferPool.Rent(Unusual));
        thread.Start();
        thread.Join();
        Assert.Same(first, second);
    }

    [Fact]
    public void Large_arrays_that_many_threads_gave_back_are_collected_while_the_threads_live()
    {
        const int Threads = 20;
        var given = new WeakReference[Threads];
        using var returned = new CountdownEvent(Threads);
        using var end = new ManualResetEventSlim();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() =>
        {
            given[i] = RentAndReturn();
            returned.Signal();
            end.Wait();
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        returned.Wait();
        GC.Collect();
        bool[] isKept = [.. given.Select(array => array.IsAlive)];
        end.Set();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.DoesNotContain(true, isKept);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RentAndReturn()
    {
        byte[] array = BufferPool.Rent(Unusual / 2);
        BufferPool.Return(array);
        return new WeakReference(array);
    }
}
