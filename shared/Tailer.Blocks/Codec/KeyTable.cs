namespace Tailer.Blocks;

/// <summary>The distinct keys of a block's events, in order of first use; a hash table without allocation per key.</summary>
internal sealed class KeyTable
{
    private EventKey[] keys = new EventKey[64];
    private int[] slots = new int[256];
    private int count;
    private int last = -1;

    public ReadOnlySpan<EventKey> Keys => keys.AsSpan(0, count);

    public int IndexOf(EventKey key)
    {
        if (last >= 0 && keys[last] == key)
            return last;
        int mask = slots.Length - 1;
        int slot = Hash(key) & mask;
        while (slots[slot] != 0)
        {
            if (keys[slots[slot] - 1] == key)
                return last = slots[slot] - 1;
            slot = (slot + 1) & mask;
        }
        if (count == keys.Length)
            Array.Resize(ref keys, count * 2);
        keys[count] = key;
        slots[slot] = ++count;
        if (count * 2 > slots.Length)
            Rehash();
        return last = count - 1;
    }

    public void Reset()
    {
        if (count > 0)
            Array.Clear(slots);
        count = 0;
        last = -1;
    }

    private void Rehash()
    {
        slots = new int[slots.Length * 4];
        for (int i = 0; i < count; i++)
        {
            int slot = Hash(keys[i]) & (slots.Length - 1);
            while (slots[slot] != 0)
                slot = (slot + 1) & (slots.Length - 1);
            slots[slot] = i + 1;
        }
    }

    private static int Hash(EventKey key)
    {
        ulong h = ((ulong)(uint)key.Source << 32 | key.Pid) * 0x9E3779B97F4A7C15;
        h ^= ((ulong)(uint)key.Host << 32 | (uint)key.App) * 0xC2B2AE3D27D4EB4F;
        h *= 0x9E3779B97F4A7C15;
        return (int)(h >> 33);
    }
}
