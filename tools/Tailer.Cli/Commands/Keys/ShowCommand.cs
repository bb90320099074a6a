using System.CommandLine;
using Tailer.Blocks;
using Tailer.Hosting;
using Tailer.Wire;

namespace Tailer.Cli.Commands.Keys;

/// <summary><c>tailer keys show</c>: what a key file says, never its secrets.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "A credential, an authority or an intermediate" };
        var command = new Command("show", "Show what a key file says, without its secrets; exit 3 when it is not valid now") { file };
        command.SetAction(arguments =>
        {
            string path = arguments.GetValue(file)!;
            if (IsIssuer(path))
            {
                using EnvironmentAuthority authority = EnvironmentAuthority.Load(path);
                Console.WriteLine(authority.Intermediate is { } limits ? KeyText.Describe(limits) : $"authority of environment {authority.Environment}");
                return ExitCode.Ok;
            }

            CredentialFile credential = CredentialFile.Load(path);
            CredentialFailure failure = credential.Trust.Verify(credential.Chain, LogTime.Now(TimeProvider.System));
            Console.WriteLine(KeyText.Describe(credential.Credential));
            if (credential.Chain.Intermediate is { } intermediate)
                Console.WriteLine("issued by\n" + KeyText.Describe(intermediate));
            Console.WriteLine(failure == CredentialFailure.None ? "valid now" : $"NOT valid now: {failure}");
            return failure == CredentialFailure.None ? ExitCode.Ok : ExitCode.Incomplete;
        });
        return command;
    }

    private static bool IsIssuer(string path)
    {
        if (!File.Exists(path))
            throw new FatalException(ExitCode.Config, $"{path} is not there");
        string first = File.ReadLines(path).FirstOrDefault() ?? "";
        return first.StartsWith("tailer-authority", StringComparison.Ordinal) || first.StartsWith("tailer-intermediate", StringComparison.Ordinal);
    }
}
