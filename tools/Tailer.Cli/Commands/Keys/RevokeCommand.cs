using System.CommandLine;
using Tailer.Hosting;
using Tailer.Wire;

namespace Tailer.Cli.Commands.Keys;

/// <summary><c>tailer keys revoke</c>: adds to the signed list of what is no longer good; bucks read it.</summary>
internal static class RevokeCommand
{
    public static Command Create()
    {
        Option<string> authority = KeyOptions.Authority();
        var list = new Option<string>("--list") { Description = "The revocation list; made when it is not there", HelpName = "FILE", Required = true };
        var what = new Argument<string[]>("what") { Description = "Serials (32 hex digits) or credential files", Arity = ArgumentArity.OneOrMore };
        var command = new Command("revoke", "Add credentials to the revocation list") { authority, list, what };
        command.SetAction(arguments =>
        {
            using EnvironmentAuthority issuer = EnvironmentAuthority.Load(arguments.GetValue(authority)!);
            string path = arguments.GetValue(list)!;
            IEnumerable<CredentialSerial> before = File.Exists(path) ? RevocationList.Load(path, issuer.Trust).Serials : [];
            CredentialSerial[] all = [.. before.Concat(arguments.GetValue(what)!.Select(Serial)).Distinct()];
            KeyOptions.Usage(() =>
            {
                issuer.SaveRevocations(path, all, TimeProvider.System);
                return true;
            });
            Console.WriteLine($"{path}: {all.Length} revoked");
            return ExitCode.Ok;
        });
        return command;
    }

    private static CredentialSerial Serial(string text)
    {
        if (CredentialSerial.TryParse(text, out CredentialSerial serial))
            return serial;
        return File.Exists(text)
            ? CredentialFile.Load(text).Credential.Serial
            : throw new FatalException(ExitCode.Usage, $"'{text}' is neither a serial of 32 hex digits nor a credential file");
    }
}
