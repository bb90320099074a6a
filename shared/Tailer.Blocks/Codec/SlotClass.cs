namespace Tailer.Blocks;

/// <summary>What a variable of a template consists of.</summary>
public enum SlotClass : byte
{
    /// <summary>Decimal digits.</summary>
    Digits = 0,

    /// <summary>Other bytes: hexadecimal numbers, ids, words after an equals sign.</summary>
    Word = 1,
}
