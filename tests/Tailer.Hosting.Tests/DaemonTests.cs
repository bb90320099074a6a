using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;

namespace Tailer.Hosting.Tests;

/// <summary>The command line and the exit codes; the signals are tested on real processes in the end-to-end tests.</summary>
public sealed class DaemonTests : IDisposable
{
    private sealed record Options(string Name);

    private readonly string root = Directory.CreateTempSubdirectory("tailer-daemon-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static Task<int> Run(string[] args, Func<DaemonContext<Options>, Task>? run = null) =>
        Daemon.RunAsync(args, "tailer-test", s => new Options(s.Text("name")), run ?? (_ => Task.CompletedTask));

    private string Config(string yaml)
    {
        string path = Path.Combine(root, "c.yaml");
        File.WriteAllText(path, yaml);
        return path;
    }

    [Theory]
    [InlineData(0, "--help")]
    [InlineData(0, "--version")]
    [InlineData(64)]
    [InlineData(64, "--confg", "x")]
    [InlineData(64, "--config")]
    [InlineData(78, "--config", "/nonexistent/x.yaml")]
    public async Task The_command_line_decides_the_exit_code(int expected, params string[] args) =>
        Assert.Equal(expected, await Run(args));

    [Fact]
    public async Task Check_reads_the_configuration_and_does_not_run()
    {
        Task Never(DaemonContext<Options> context) => throw new InvalidOperationException("ran");
        Assert.Equal(0, await Run(["--check", "--config", Config("name: a\nlog_level: warning")], Never));
        Assert.Equal(78, await Run(["--check", "--config", Config("nam: a")], Never));
    }

    [Theory]
    [InlineData(5, "--status=", "--config", "C", "--status")]
    [InlineData(5, "--status=,--json=", "--json", "--status", "--config", "C")]
    [InlineData(5, "--try=a.log", "--config=C", "--try", "a.log")]
    [InlineData(5, "--try=a=b.log,--json=", "-c", "C", "--try=a=b.log", "--json")]
    [InlineData(64, "", "--config", "C", "--try")]
    [InlineData(64, "", "--config", "C", "--json")]
    [InlineData(64, "", "--config", "C", "--status=x")]
    [InlineData(64, "", "--config", "C", "--status", "--try", "a.log")]
    [InlineData(64, "", "--config", "C", "--lines", "3", "--status")]
    [InlineData(64, "", "--config", "C", "--statu")]
    [InlineData(78, "", "--config", "/nonexistent/x.yaml", "--status")]
    [InlineData(0, "", "--help", "--status")]
    public async Task A_verb_runs_in_place_of_the_daemon(int expected, string given, params string[] args)
    {
        DaemonOption json = new("--json", null, "print JSON");
        DaemonOption lines = new("--lines", "N", "so many");
        string seen = "";
        Task<int> Verb(Options options, VerbArguments arguments)
        {
            Assert.Equal("a", options.Name);
            seen = string.Join(',', new[] { "--status", "--try", "--json", "--lines" }.Where(arguments.Has).Select(o => $"{o}={arguments.ValueOf(o)}"));
            return Task.FromResult(5);
        }
        string config = Config("name: a");
        int code = await Daemon.RunAsync(
            [.. args.Select(a => a.Replace("C", config, StringComparison.Ordinal))], "tailer-test", s => new Options(s.Text("name")),
            _ => throw new InvalidOperationException("ran"),
            new DaemonVerb<Options>(new("--status", null, "say how it is"), [json], Verb), new DaemonVerb<Options>(new("--try", "FILE", "try it"), [json, lines], Verb));
        Assert.Equal((expected, given), (code, seen));
    }

    [Fact]
    public async Task What_makes_a_verb_impossible_is_its_exit_code() =>
        Assert.Equal(69, await Daemon.RunAsync(
            ["--config", Config("name: a"), "--status"], "tailer-test", s => new Options(s.Text("name")), _ => throw new InvalidOperationException("ran"),
            new DaemonVerb<Options>(new("--status", null, "say how it is"), [], (_, _) => throw new FatalException(ExitCode.Unavailable, "nobody there"))));

    [Fact]
    public async Task The_options_reach_the_run_and_its_end_is_success()
    {
        string? seen = null;
        int code = await Run(["--config", Config("name: a")], context =>
        {
            seen = context.Options.Name;
            return Task.CompletedTask;
        });
        Assert.Equal((0, "a"), (code, seen));
    }

    [Fact]
    public async Task A_fatal_error_gives_its_own_exit_code_even_wrapped() =>
        Assert.Equal(69, await Run(["--config", Config("name: a")], _ =>
            throw new InvalidOperationException("wrapped", new FatalException(ExitCode.Unavailable, "refused"))));

    [Fact]
    public async Task A_taken_port_is_unavailable()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        Assert.Equal(69, await Run(["--config", Config("name: a")], _ =>
        {
            using var second = new TcpListener(taken.LocalEndpoint as IPEndPoint ?? throw new InvalidOperationException());
            second.Start();
            return Task.CompletedTask;
        }));
    }

    [Fact]
    public async Task Any_other_error_is_a_defect() =>
        Assert.Equal(70, await Run(["--config", Config("name: a")], _ => throw new InvalidOperationException("bug")));

    [Fact]
    public async Task A_failing_background_service_ends_the_process_as_a_defect() =>
        Assert.Equal(70, await Run(["--config", Config("name: a\nlog_level: off")], async context =>
        {
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            context.Apply(builder);
            builder.Services.Add(new(typeof(IHostedService), typeof(Failing), Microsoft.Extensions.DependencyInjection.ServiceLifetime.Singleton));
            using IHost host = builder.Build();
            await context.RunHostAsync(host);
        }));

    private sealed class Failing : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("loop failed");
        }
    }
}
