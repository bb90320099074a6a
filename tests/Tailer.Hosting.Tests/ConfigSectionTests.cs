namespace Tailer.Hosting.Tests;

public sealed class ConfigSectionTests
{
    private sealed record Buck(string Name, NetworkAddress Address);

    private sealed record Options(string Name, string State, TimeSpan Delay, long Bytes, IReadOnlyList<Buck> Bucks, int Copies, string Archive);

    private static Options Read(ConfigSection section) => new(
        section.Text("name"),
        section.Path("state", "state"),
        section.Duration("flush_delay", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
        section.Size("max_bytes", 1 << 30),
        section.List("bucks", b => new Buck(b.Text("name"), b.Address("address")), required: true),
        section.Number("copies", 2, 1, 3),
        section.Section("archive", a => a.Path("path")));

    private static Options Parse(string yaml, Func<string, string?>? variable = null) =>
        ConfigFile.Parse(yaml, "/etc/tailer/agent.yaml", Read, variable ?? (_ => null));

    private static IReadOnlyList<string> Errors(string yaml, Func<string, string?>? variable = null) =>
        Assert.Throws<ConfigException>(() => Parse(yaml, variable)).Errors;

    [Fact]
    public void A_full_file_becomes_options()
    {
        Options options = Parse("""
            name: web1   # a comment
            state: ../var
            flush_delay: 250ms
            max_bytes: 256KiB
            copies: 3
            bucks:
              - { name: b1, address: "127.0.0.1:7411" }
              - name: b2
                address: "[::1]:7412"
            archive:
              path: /srv/archive
            """);
        Assert.Equal("web1", options.Name);
        Assert.Equal("/etc/var", options.State);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.Delay);
        Assert.Equal(256 << 10, options.Bytes);
        Assert.Equal(3, options.Copies);
        Assert.Equal([new Buck("b1", new("127.0.0.1", 7411)), new Buck("b2", new("::1", 7412))], options.Bucks);
        Assert.Equal("/srv/archive", options.Archive);
    }

    [Theory]
    [InlineData("~/logs", false)]
    [InlineData("~", false)]
    [InlineData("./~/logs", true)]
    [InlineData("~logs", true)]
    public void A_tilde_is_not_taken_for_a_directory_of_that_name(string path, bool isGood)
    {
        string yaml = $"name: a\nstate: '{path}'\nbucks: [{{name: b, address: \"127.0.0.1:1\"}}]\narchive: {{path: a}}";
        if (isGood)
            Assert.StartsWith("/etc/tailer/~", Parse(yaml).State, StringComparison.Ordinal);
        else
            Assert.Contains("'~' stands for no directory here", Assert.Single(Errors(yaml)), StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_reported_together_in_the_order_of_the_file()
    {
        IReadOnlyList<string> errors = Errors("""
            name:
            flush_delay: 10
            copies: 4
            bukcs:
              - name: b1
            archive: { path: a, pth: b }
            """);
        Assert.Equal(
            [
                "/etc/tailer/agent.yaml:1:1: missing key 'bucks'",
                "/etc/tailer/agent.yaml:1:1: missing key 'name'",
                "/etc/tailer/agent.yaml:2:14: 'flush_delay' is '10', but must be a duration such as 250ms, 10s, 1m, 48h or 14d",
                "/etc/tailer/agent.yaml:3:1: 'copies' is 4, but must be at most 3",
                "/etc/tailer/agent.yaml:4:1: unknown key 'bukcs'; did you mean 'bucks'?",
                "/etc/tailer/agent.yaml:6:21: unknown key 'pth'; did you mean 'path'?",
            ],
            errors.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_unknown_key_without_a_near_word_lists_the_known_ones()
    {
        string error = Assert.Single(Errors("name: a\nzzzzzz: 1\nbucks: [{name: b, address: 'h:1'}]\narchive: {path: x}"));
        Assert.EndsWith("known here: archive, bucks, copies, flush_delay, max_bytes, name, state", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_section_reports_its_required_keys()
    {
        string error = Assert.Single(Errors("name: a\nbucks: [{name: b, address: 'h:1'}]"));
        Assert.EndsWith("missing key 'archive.path'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_inside_lists_name_the_item()
    {
        string error = Assert.Single(Errors("name: a\nbucks:\n  - {name: b, address: 'h:1'}\n  - {name: c, address: nowhere}\narchive: {path: x}"));
        Assert.StartsWith("/etc/tailer/agent.yaml:4:24: 'bucks[1].address' is 'nowhere'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Environment_variables_are_put_in_with_their_defaults()
    {
        Options options = Parse("name: ${HOST_NAME}-${ZONE:-eu}$${x}\nbucks: [{name: b, address: 'h:1'}]\narchive: {path: '${A:-}/x'}", v => v == "HOST_NAME" ? "web1" : null);
        Assert.Equal("web1-eu${x}", options.Name);
        Assert.Equal("/x", options.Archive);
    }

    [Theory]
    [InlineData("${NOPE}", "environment variable NOPE is not set; set it, or write ${NOPE:-default}")]
    [InlineData("${NOPE", "'${NOPE' has '${' without its '}'; write $${ for the characters themselves")]
    [InlineData("${1a}", "'${1a}' does not name an environment variable; write ${NAME} or ${NAME:-default}")]
    public void An_environment_variable_that_cannot_be_put_in_is_an_error_at_its_place(string text, string message)
    {
        string error = Assert.Single(Errors($"name: '{text}'\nbucks: [{{name: b, address: 'h:1'}}]\narchive: {{path: x}}"));
        Assert.Equal("/etc/tailer/agent.yaml:1:7: " + message, error);
    }

    [Theory]
    [InlineData("a: [", "not valid YAML")]
    [InlineData("- a\n- b", "expected 'key: value' lines")]
    [InlineData("name: a\nname: b", "not valid YAML")]
    [InlineData("name: a\n---\nname: b", "a second YAML document")]
    public void Text_that_is_not_one_mapping_is_refused(string yaml, string expected) =>
        Assert.Contains(expected, Assert.Single(Errors(yaml)), StringComparison.Ordinal);

    [Fact]
    public void An_empty_file_reports_what_is_missing() =>
        Assert.Equal(3, Errors("").Count);

    [Fact]
    public void A_section_where_a_value_belongs_is_refused()
    {
        IReadOnlyList<string> errors = Errors("name: {a: b}\nbucks: x\narchive: [y]");
        Assert.Contains(errors, e => e.EndsWith("'name' must be a single value", StringComparison.Ordinal));
        Assert.Contains(errors, e => e.EndsWith("'bucks' must be a list of sections, each starting with '- '", StringComparison.Ordinal));
        Assert.Contains(errors, e => e.EndsWith("'archive' must be a section of 'key: value' lines", StringComparison.Ordinal));
    }

    [Fact]
    public void A_choice_offers_the_near_word()
    {
        ConfigException e = Assert.Throws<ConfigException>(() => ConfigFile.Parse("fsync: intervall", "f.yaml", s => s.Choice("fsync", 1, ("interval", 1), ("ack", 2)), _ => null));
        Assert.Equal("f.yaml:1:1: 'fsync' is 'intervall', but must be one of interval, ack; did you mean 'interval'?", Assert.Single(e.Errors));
    }

    [Fact]
    public void A_file_that_is_not_there_says_so()
    {
        ConfigException e = Assert.Throws<ConfigException>(() => ConfigFile.Load("/nonexistent/x.yaml", Read));
        Assert.StartsWith("/nonexistent/x.yaml: cannot be read", Assert.Single(e.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void One_text_stands_for_a_list_of_one_and_globs_are_resolved()
    {
        IReadOnlyList<string> paths = ConfigFile.Parse("paths: logs/**/*.log", "/srv/app/f.yaml", s => s.Paths("paths", required: true), _ => null);
        Assert.Equal(["/srv/app/logs/**/*.log"], paths);
    }

    [Theory]
    [InlineData("127.0.0.1:7412", "http://127.0.0.1:7412/")]
    [InlineData("https://logs.example/x", "https://logs.example/x")]
    public void A_bare_address_is_an_http_url(string text, string expected) =>
        Assert.Equal(expected, ConfigFile.Parse($"http: {text}", "f", s => s.HttpUri("http"), _ => null).AbsoluteUri);
}
