using FsCheck.Xunit;

namespace Tailer.Blocks.Tests;

public sealed class DescriptorTests
{
    private static readonly SourceDescriptor Plain = new() { Id = new SourceId(1), Agent = "a", Host = "h", Path = "/p" };

    [Property(MaxTest = 200)]
    public void A_descriptor_reads_back_and_nothing_shorter_or_longer_does(int seed)
    {
        SourceDescriptor descriptor = new TestData(new Random(seed)).Descriptor();
        byte[] bytes = descriptor.ToArray();
        Same.Descriptor(descriptor, SourceDescriptor.TryRead(bytes));
        Assert.Equal(bytes, SourceDescriptor.TryRead(bytes)!.ToArray());
        Assert.True(bytes.Length <= descriptor.BytesMax, $"{bytes.Length} bytes, {descriptor.BytesMax} estimated");
        Assert.Null(SourceDescriptor.TryRead([.. bytes, 0]));
        for (int cut = 0; cut < bytes.Length; cut += Math.Max(1, bytes.Length / 300))
            Assert.Null(SourceDescriptor.TryRead(bytes.AsSpan(0, cut)));
    }

    [Fact]
    public void The_greatest_of_every_number_reads_back()
    {
        SourceDescriptor greatest = Plain with
        {
            Device = ulong.MaxValue,
            Inode = ulong.MaxValue,
            BirthTimeNs = ulong.MaxValue,
            Incarnation = uint.MaxValue,
            PrefixBytes = Limits.PrefixBytesMax,
            PrefixHash = ulong.MaxValue,
            FirstOffset = ulong.MaxValue,
            FinalLength = ulong.MaxValue,
        };
        Same.Descriptor(greatest, SourceDescriptor.TryRead(greatest.ToArray()));
    }

    [Fact]
    public void Tags_are_written_in_the_order_of_their_keys()
    {
        SourceDescriptor a = Plain with { Tags = [new("b", "1"), new("a", "2"), new("B", "3")] };
        SourceDescriptor b = Plain with { Tags = [new("B", "3"), new("b", "1"), new("a", "2")] };
        Assert.Equal(a.ToArray(), b.ToArray());
        Assert.Equal(["B", "a", "b"], SourceDescriptor.TryRead(a.ToArray())!.Tags.Select(t => t.Key));
    }

    [Fact]
    public void Another_version_is_not_read()
    {
        byte[] bytes = Plain.ToArray();
        bytes[0] = 2;
        Assert.Null(SourceDescriptor.TryRead(bytes));
    }

    public static TheoryData<string, SourceDescriptor> OverLimits => new()
    {
        { "agent", Plain with { Agent = new string('x', 256) } },
        { "host", Plain with { Host = string.Concat(Enumerable.Repeat("ä", 128)) } },
        { "path", Plain with { Path = new string('x', 4097) } },
        { "app", Plain with { App = new string('x', 256) } },
        { "tag value", Plain with { Tags = [new("k", new string('x', 256))] } },
        { "tags", Plain with { Tags = [.. Enumerable.Range(0, 33).Select(i => KeyValuePair.Create($"{i}", ""))] } },
        { "cursor", Plain with { Cursor = new byte[1025] } },
        { "whole", Plain with { Tags = [.. Enumerable.Range(0, 32).Select(i => KeyValuePair.Create($"{i}{new string('k', 250)}", new string('v', 255)))] } },
    };

    [Theory]
    [MemberData(nameof(OverLimits))]
    public void What_no_reader_would_take_is_not_written(string what, SourceDescriptor descriptor) =>
        Assert.True(Assert.Throws<InvalidOperationException>(descriptor.ToArray).Message.Contains("at most", StringComparison.Ordinal), what);

    [Property(MaxTest = 300)]
    public void The_better_of_two_does_not_depend_on_their_order(int seed)
    {
        var data = new TestData(new Random(seed));
        SourceDescriptor a = data.Descriptor();
        SourceDescriptor b = data.Descriptor() with { Id = a.Id };
        SourceDescriptor better = SourceDescriptor.Better(a, b);
        Assert.Equal(better.ToArray(), SourceDescriptor.Better(b, a).ToArray());
        Assert.Same(better, SourceDescriptor.Better(better, a));
        if (a.FinalLength is null != b.FinalLength is null)
            Assert.NotNull(better.FinalLength);
        else
            Assert.Equal(Math.Max(a.PrefixBytes, b.PrefixBytes), better.PrefixBytes);
    }

    [Fact]
    public void Every_part_of_an_identity_makes_another_id()
    {
        SourceId[] ids =
        [
            SourceDescriptor.DeriveId(SourceKind.File, "a", 1, 2, 3, 4, ""),
            SourceDescriptor.DeriveId(SourceKind.Pipe, "a", 1, 2, 3, 4, ""),
            SourceDescriptor.DeriveId(SourceKind.File, "b", 1, 2, 3, 4, ""),
            SourceDescriptor.DeriveId(SourceKind.File, "a", 9, 2, 3, 4, ""),
            SourceDescriptor.DeriveId(SourceKind.File, "a", 1, 9, 3, 4, ""),
            SourceDescriptor.DeriveId(SourceKind.File, "a", 1, 2, 9, 4, ""),
            SourceDescriptor.DeriveId(SourceKind.File, "a", 1, 2, 3, 9, ""),
            SourceDescriptor.DeriveId(SourceKind.File, "a", 1, 2, 3, 4, "n"),
        ];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids[0], SourceDescriptor.DeriveId(SourceKind.File, "a", 1, 2, 3, 4, ""));
    }
}
