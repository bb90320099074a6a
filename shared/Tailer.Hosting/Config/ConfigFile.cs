using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tailer.Hosting;

/// <summary>Reads a YAML configuration file into the options of a process. Keys are strict: an unknown one is an error
/// with a hint, because a misspelt key that is silently ignored is a setting that silently does not hold.</summary>
public static class ConfigFile
{
    /// <summary>A configuration is a page or two; anything this large is a wrong file.</summary>
    private const int FileBytesMax = 1 << 20;

    /// <summary>Reads the file, lets <paramref name="read"/> take its keys, and reports the ones it did not take.</summary>
    /// <exception cref="ConfigException">With every error found, each with its line and column.</exception>
    public static T Load<T>(string path, Func<ConfigSection, T> read, Func<string, string?>? variable = null)
    {
        string text;
        try
        {
            var info = new FileInfo(path);
            if (info.Exists && info.Length > FileBytesMax)
                throw new ConfigException([$"{path}: larger than 1 MiB; this is not a configuration file"]);
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException([$"{path}: cannot be read: {e.Message}"]);
        }

        return Parse(text, path, read, variable);
    }

    /// <summary>The same for text in memory; <paramref name="path"/> names it in errors and its folder resolves relative paths.</summary>
    /// <exception cref="ConfigException">With every error found, each with its line and column.</exception>
    public static T Parse<T>(string text, string path, Func<ConfigSection, T> read, Func<string, string?>? variable = null)
    {
        var errors = new ConfigErrors(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        var scope = new ConfigScope(errors, variable ?? Environment.GetEnvironmentVariable, folder);
        YamlMappingNode root = ParseRoot(text, errors);
        errors.ThrowIfAny();
        var section = new ConfigSection(root, root.Start, "", scope);
        T options = read(section);
        section.ReportUnknown();
        errors.ThrowIfAny();
        return options;
    }

    private static YamlMappingNode ParseRoot(string text, ConfigErrors errors)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            errors.Add(e.Start, $"not valid YAML: {e.Message}");
            return [];
        }

        if (yaml.Documents.Count == 0)
            return [];
        if (yaml.Documents.Count > 1)
            errors.Add(yaml.Documents[1].RootNode.Start, "a second YAML document; a configuration file has one");
        if (yaml.Documents[0].RootNode is YamlMappingNode root)
            return root;
        errors.Add(yaml.Documents[0].RootNode.Start, "expected 'key: value' lines at the top level");
        return [];
    }
}
