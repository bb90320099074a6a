using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Tailer.Hosting;

/// <summary>The main method of every long-running executable: command line, configuration, logging, signals, exit codes.</summary>
public static class Daemon
{
    /// <summary>Runs one daemon to its end and returns its exit code (see <see cref="ExitCode"/>).</summary>
    /// <param name="args">The command line.</param>
    /// <param name="name">The executable's name, for messages.</param>
    /// <param name="read">Takes the options from the configuration; the key <c>log_level</c> is taken here.</param>
    /// <param name="run">Runs until <see cref="DaemonContext{TOptions}.Stopping"/>. May throw <see cref="FatalException"/>.</param>
    /// <param name="verbs">What this executable does instead of running, when an option asks for it.</param>
    public static async Task<int> RunAsync<TOptions>(
        string[] args, string name, Func<ConfigSection, TOptions> read, Func<DaemonContext<TOptions>, Task> run, params IReadOnlyList<DaemonVerb<TOptions>> verbs)
        where TOptions : class
    {
        DaemonArguments arguments = DaemonArguments.Parse(args, [.. verbs.Select(v => (v.Option, v.With))]);
        string version = VersionOf(Assembly.GetEntryAssembly());
        switch (arguments.Action)
        {
            case DaemonAction.Help:
                Console.Out.WriteLine(Help(name, version, verbs.SelectMany(v => v.With.Prepend(v.Option))));
                return ExitCode.Ok;
            case DaemonAction.Version:
                Console.Out.WriteLine($"{name} {version}");
                return ExitCode.Ok;
            case DaemonAction.Refuse:
                Console.Error.WriteLine($"{name}: {arguments.Error}");
                Console.Error.WriteLine($"Try '{name} --help'.");
                return ExitCode.Usage;
        }

        LogLevel level = LogLevel.Information;
        TOptions options;
        try
        {
            options = ConfigFile.Load(arguments.ConfigPath, section =>
            {
                level = LogLevelText.Read(section);
                return read(section);
            });
        }
        catch (ConfigException e)
        {
            foreach (string error in e.Errors)
                Console.Error.WriteLine(error);
            return ExitCode.Config;
        }

        if (arguments.Action == DaemonAction.Check)
        {
            Console.Out.WriteLine("ok");
            return ExitCode.Ok;
        }

        return arguments.Verb is { } verb
            ? await RunAsync(name, () => verbs[verb].Run(options, arguments.Given)).ConfigureAwait(false)
            : await RunAsync(arguments, name, version, level, options, run).ConfigureAwait(false);
    }

    /// <summary>The version an assembly was built as, without the commit that may follow it.</summary>
    public static string VersionOf(Assembly? assembly)
    {
        string? version = assembly?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return version?.Split('+')[0] ?? "0.0.0";
    }

    private static async Task<int> RunAsync(string name, Func<Task<int>> verb)
    {
        try
        {
            return await verb().ConfigureAwait(false);
        }
        catch (FatalException e)
        {
            Console.Error.WriteLine($"{name}: {e.Message}");
            return e.ExitCode;
        }
    }

    private static async Task<int> RunAsync<TOptions>(
        DaemonArguments arguments, string name, string version, LogLevel level, TOptions options, Func<DaemonContext<TOptions>, Task> run)
        where TOptions : class
    {
        using var provider = new LineLoggerProvider(Console.Error, level, TimeProvider.System);
        using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(provider));
        ILogger logger = loggers.CreateLogger("Tailer.Hosting");
        EventHandler<UnobservedTaskExceptionEventArgs> onUnobserved = (_, e) => HostingLog.UnobservedTask(logger, e.Exception);
        TaskScheduler.UnobservedTaskException += onUnobserved;
        using var signals = new StopSignals(signal => HostingLog.StopAsked(logger, name, signal));
        using var metrics = new Metrics();
        try
        {
            HostingLog.Starts(logger, name, version, Environment.ProcessId, arguments.ConfigPath);
            await run(new DaemonContext<TOptions>(options, version, loggers, provider, metrics, signals.Token)).ConfigureAwait(false);
            HostingLog.Stopped(logger, name);
            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            HostingLog.Stopped(logger, name);
            return ExitCode.Ok;
        }
        catch (Exception e) when (OutsideCause(e) is { } fatal)
        {
            HostingLog.Fatal(logger, name, fatal.ExitCode, fatal.Message);
            return fatal.ExitCode;
        }
#pragma warning disable CA1031 // The last frame of the process: whatever comes out here is reported and becomes an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            HostingLog.Unexpected(logger, name, e);
            return ExitCode.Internal;
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= onUnobserved;
        }
    }

    /// <summary>Finds, under whatever a web server or host wrapped around it, a cause that the operator can remove.</summary>
    private static FatalException? OutsideCause(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is FatalException fatal)
                return fatal;
            if (e is ConfigException config)
                return new FatalException(ExitCode.Config, config.Message);
            if (e is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable or SocketError.AccessDenied } socket)
                return new FatalException(ExitCode.Unavailable, $"cannot listen: {exception.Message} ({socket.Message}). Choose another address, or stop what uses this one.");
        }

        return null;
    }

    private static string Help(string name, string version, IEnumerable<DaemonOption> own) =>
        $"""
        {name} {version}

        Usage: {name} --config FILE [--check]

          --config FILE   the configuration (YAML); see docs/operating.md for its keys
          --check         only read the configuration: print "ok", or every error, and exit
        {string.Concat(own.DistinctBy(o => o.Name).Select(o => $"  {o.Name + (o.ValueName is null ? "" : " " + o.ValueName),-15} {o.Help}\n"))}  --version       print the version
          --help          print this

        Logs go to stderr; TAILER_LOG=debug shows more. SIGTERM or SIGINT stops cleanly.
        Exit codes: 0 stopped as asked, 64 wrong command line, 69 unavailable (port taken, state in use,
        credential refused), 70 defect, 78 wrong configuration.
        """;
}
