using System.Text;

namespace Tailer.Blocks;

/// <summary>The distinct names of a block's events, in order of first use.</summary>
internal sealed class NameTable
{
    private const int CacheSize = 256;

    private readonly Dictionary<string, int> indexes = new(StringComparer.Ordinal);
    private readonly List<string> names = [];
    private readonly (string? Name, int Index)[] cache = new (string?, int)[CacheSize];

    public IReadOnlyList<string> Names => names;

    /// <summary>UTF-8 bytes of all names with their lengths.</summary>
    public int Bytes { get; private set; }

    /// <summary>Throws when no reader would take the name. Callers mostly pass the same few objects, so these are looked up first.</summary>
    public int IndexOf(string name)
    {
        ref (string? Name, int Index) cached = ref cache[PlaceOf(name)];
        if (ReferenceEquals(cached.Name, name))
            return cached.Index;
        if (!indexes.TryGetValue(name, out int index))
        {
            int bytes = Encoding.UTF8.GetByteCount(name);
            if (bytes > Limits.NameBytesMax)
                throw new ArgumentException($"a host or app has at most {Limits.NameBytesMax} bytes of UTF-8, this one {bytes}: {name[..40]}...", nameof(name));
            index = names.Count;
            indexes.Add(name, index);
            names.Add(name);
            Bytes += bytes + 2;
        }
        cached = (name, index);
        return index;
    }

    /// <summary>By length and last characters, in which the names of hosts mostly differ.</summary>
    private static int PlaceOf(string name) =>
        name.Length < 2 ? name.Length : (name[^1] + name[^2] * 17 + name.Length * 67) & (CacheSize - 1);

    public void Reset()
    {
        indexes.Clear();
        names.Clear();
        Array.Clear(cache);
        Bytes = 0;
    }

    public void WriteTo(ByteWriter to)
    {
        to.Varint((ulong)names.Count);
        foreach (string name in names)
            to.Text(name);
    }

    /// <summary>Null when damaged, or when there are more names than <paramref name="max"/>.</summary>
    public static string[]? TryRead(ref SpanReader r, int max)
    {
        // Each name takes a byte at least, so a count beyond what is left is refused before memory is rented.
        int count = r.Count(Math.Min(max, r.Remaining));
        var names = new string[count];
        for (int i = 0; i < count; i++)
            names[i] = r.Text(Limits.NameBytesMax);
        return r.Failed || count == 0 ? null : names;
    }
}
