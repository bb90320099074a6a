using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Tailer.Cli.Commands;
using Tailer.Hosting;
using Tailer.Wire;

namespace Tailer.Cli;

/// <summary>Runs one command: signals, error messages and exit codes are the same for all.</summary>
internal static class CommandLine
{
    private const int BrokenPipe = 32;

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        if (args.Length == 0)
        {
            await root.Parse("--help").InvokeAsync().ConfigureAwait(false);
            return ExitCode.Usage;
        }

        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
        {
            if (parsed.CommandResult.Command.Name == CheckCommand.Name)
                return CheckCommand.SayUnknown($"{parsed.Errors[0].Message} Try 'tailer check --help'.");
            foreach (string error in parsed.Errors.Select(e => e.Message).Distinct())
                await Console.Error.WriteLineAsync($"tailer: {error}").ConfigureAwait(false);
            await Console.Error.WriteLineAsync($"Try 'tailer{Name(parsed)} --help'.").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        using var signals = new StopSignals(_ => { });
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, signals.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) == BrokenPipe)
        {
            return ExitCode.Ok; // The reader has seen enough: "tailer search x | head".
        }
        catch (FatalException e)
        {
            return Say(e.Message, e.ExitCode);
        }
        catch (ConfigException e)
        {
            return Say(e.Message, ExitCode.Config);
        }
        catch (CredentialFileException e)
        {
            return Say(e.Message, ExitCode.Config);
        }
#pragma warning disable CA1031 // The last frame of the process: whatever comes out here is reported and becomes an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Say($"unexpected error; please report it with the lines below\n{e}", ExitCode.Internal);
        }
    }

    private static int Say(string message, int exitCode)
    {
        Console.Error.WriteLine(Console.IsErrorRedirected ? $"tailer: {message}" : $"\u001b[31mtailer:\u001b[0m {message}");
        return exitCode;
    }

    private static string Name(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult { Command: not RootCommand } command; result = result.Parent)
            names.Push(" " + command.Command.Name);
        return string.Concat(names);
    }
}
