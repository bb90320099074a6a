namespace Tailer.Stores;

/// <summary>Object names: parts of letters, digits, <c>. _ -</c>, separated by single slashes; no part starts with a dot.</summary>
public static class ObjectName
{
    public const int CharsMax = 512;

    public static bool IsValid(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length <= CharsMax && name.Split('/').All(IsPart);
    }

    /// <summary>A prefix may end in the middle of a part, or be empty.</summary>
    public static bool IsValidPrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return prefix.Length == 0 || IsValid(prefix + "x");
    }

    private static bool IsPart(string part) =>
        part.Length > 0 && part[0] != '.' && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
