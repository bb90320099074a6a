using Tailer.Hosting;

namespace Tailer.Cli.Verify;

/// <summary>Proves files one after the other and tells of each as soon as it is done.</summary>
internal sealed class VerifyRun(FileProver prover, IVerifyOutput output)
{
    private int exitCode = ExitCode.Ok;

    /// <summary>3 when damage was found, else the code of the first file that could not be read, else 0.</summary>
    public int Run(IEnumerable<string> arguments, CancellationToken cancel)
    {
        foreach (string argument in arguments)
        {
            try
            {
                bool isDirectory = Directory.Exists(argument);
                IReadOnlyList<string> files = FileList.Of(argument);
                if (files.Count == 0)
                    Fail(argument, ExitCode.Usage, "there is no segment (.seg) and no bucket file (.b) below it");
                foreach (string file in files)
                    Prove(file, isListed: isDirectory, cancel);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Fail(argument, ExitCode.Unavailable, e.Message);
            }
        }
        output.End();
        return exitCode;
    }

    private void Prove(string path, bool isListed, CancellationToken cancel)
    {
        try
        {
            FileProof? proof = prover.Prove(path, cancel);
            if (proof is not null)
                output.Proven(proof);
            else if (!isListed)
                Fail(path, ExitCode.Unavailable, "there is no such file");
            if (proof is { IsWhole: false })
                exitCode = ExitCode.Incomplete;
        }
        catch (FatalException e)
        {
            Fail(path, e.ExitCode, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(path, ExitCode.Unavailable, e.Message);
        }
    }

    private void Fail(string path, int code, string reason)
    {
        output.Unread(path, reason);
        if (exitCode == ExitCode.Ok)
            exitCode = code;
    }
}
