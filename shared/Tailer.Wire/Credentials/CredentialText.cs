using System.Text;

namespace Tailer.Wire;

/// <summary>
/// The text form of credential files: a header line that names kind and version, then <c>key: value</c> lines; <c>#</c>
/// starts a comment. Files with secrets are written 0600 and refused when group or others may read them.
/// </summary>
internal sealed class CredentialText
{
    private const int FileBytesMax = 8 << 20;

    private const UnixFileMode SecretMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OpenMode = SecretMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string path;
    private readonly List<(string Key, string Value)> lines;

    private CredentialText(string path, List<(string Key, string Value)> lines) => (this.path, this.lines) = (path, lines);

    public static CredentialText Load(string path, string header, bool secret)
    {
        string[] text;
        try
        {
            var file = new FileInfo(path);
            if (secret && file.Exists && (file.UnixFileMode & ~(SecretMode | UnixFileMode.UserExecute)) != 0)
                throw new CredentialFileException(
                    $"{path} holds secret keys but its mode is {Convert.ToString((int)file.UnixFileMode, 8)}, so others may read it; run: chmod 600 {path}");
            if (file.Exists && file.Length > FileBytesMax)
                throw new CredentialFileException($"{path} is {file.Length} bytes, more than any {header} file; check the path");
            text = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CredentialFileException($"{path} cannot be read: {e.Message}", e);
        }
        if (text.Length == 0 || text[0].Trim() != header)
            throw new CredentialFileException($"{path} does not start with the line '{header}'; check that it is the right file");
        return new CredentialText(path, Parse(path, text));
    }

    /// <summary>Is this the file's first line? False also when it cannot be read: loading it then says why.</summary>
    public static bool StartsWith(string path, string header)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault()?.Trim() == header;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public string Single(string key)
    {
        string[] found = All(key).Take(2).ToArray();
        return found.Length == 1
            ? found[0]
            : throw new CredentialFileException($"{path} has {(found.Length == 0 ? "no" : "more than one")} line '{key}: ...'; write it anew");
    }

    public IEnumerable<string> All(string key) => lines.Where(line => line.Key == key).Select(line => line.Value);

    /// <summary>A base64 value of exactly this many bytes, or of any number when negative.</summary>
    public byte[] Bytes(string key, int count)
    {
        string value = Single(key);
        byte[] bytes = new byte[value.Length];
        if (!Convert.TryFromBase64String(value, bytes, out int written) || (count >= 0 && written != count))
            throw new CredentialFileException($"{path}: the value of '{key}' is not base64 of the right length; write it anew");
        return bytes[..written];
    }

    /// <summary>
    /// Writes beside the target, syncs and renames, so that no half file is ever seen. Without <paramref name="replace"/> an
    /// existing file is an error: overwriting a key loses it.
    /// </summary>
    public static void Save(
        string path, string header, string comment, IEnumerable<(string Key, string Value)> lines, bool secret, bool replace)
    {
        if (!replace && File.Exists(path))
            throw new CredentialFileException($"{path} exists and is not overwritten, because a lost key cannot be made again; move it away first");
        StringBuilder text = new StringBuilder().Append(header).Append("\n# ").Append(comment).Append('\n');
        foreach ((string key, string value) in lines)
            text.Append(key).Append(": ").Append(value).Append('\n');
        string temporary = path + ".tmp";
        try
        {
            File.Delete(temporary);
            using (var stream = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = secret ? SecretMode : OpenMode,
            }))
            {
                stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, replace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CredentialFileException($"{path} cannot be written: {e.Message}", e);
        }
    }

    private static List<(string, string)> Parse(string path, string[] text)
    {
        var lines = new List<(string, string)>();
        for (int i = 1; i < text.Length; i++)
        {
            string line = text[i].Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                throw new CredentialFileException($"{path}: line {i + 1} is not 'key: value'");
            lines.Add((line[..colon].Trim(), line[(colon + 1)..].Trim()));
        }
        return lines;
    }
}
