using System.Text;

namespace Tailer.Hosting;

/// <summary>Puts environment variables into text: <c>${NAME}</c>, <c>${NAME:-default}</c>; <c>$${</c> stands for <c>${</c> itself.</summary>
internal static class EnvironmentText
{
    /// <summary>Returns the expanded text, or null with what is wrong. A variable that is set but empty takes its default.</summary>
    public static string? Expand(string text, Func<string, string?> variable, out string? error)
    {
        error = null;
        if (!text.Contains("${", StringComparison.Ordinal))
            return text;
        var result = new StringBuilder(text.Length);
        int at = 0;
        while (at < text.Length)
        {
            int start = text.IndexOf("${", at, StringComparison.Ordinal);
            if (start < 0)
                break;
            if (start > at && text[start - 1] == '$')
            {
                result.Append(text, at, start - at).Append('{');
                at = start + 2;
                continue;
            }

            result.Append(text, at, start - at);
            int end = text.IndexOf('}', start);
            if (end < 0)
            {
                error = $"'{text}' has '${{' without its '}}'; write $${{ for the characters themselves";
                return null;
            }

            if (ExpandOne(text[(start + 2)..end], variable, out error) is not { } value)
                return null;
            result.Append(value);
            at = end + 1;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    private static string? ExpandOne(string inside, Func<string, string?> variable, out string? error)
    {
        error = null;
        int colon = inside.IndexOf(":-", StringComparison.Ordinal);
        string name = colon < 0 ? inside : inside[..colon];
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_'))
        {
            error = $"'${{{inside}}}' does not name an environment variable; write ${{NAME}} or ${{NAME:-default}}";
            return null;
        }

        string? value = variable(name);
        if (!string.IsNullOrEmpty(value))
            return value;
        if (colon >= 0)
            return inside[(colon + 2)..];
        if (value is null)
            error = $"environment variable {name} is not set; set it, or write ${{{name}:-default}}";
        return value;
    }
}
