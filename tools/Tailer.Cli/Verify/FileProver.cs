using Tailer.Cli.Show;
using Tailer.Disk;
using Tailer.Hosting;

namespace Tailer.Cli.Verify;

/// <summary>Proves one file.</summary>
internal sealed class FileProver(IDisk disk, ProgressLine progress, TimeProvider clock)
{
    /// <summary>
    /// Null when the file is not there any more. Throws <see cref="FatalException"/> when it is no segment and no bucket file, and
    /// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when it cannot be read.
    /// </summary>
    public FileProof? Prove(string path, CancellationToken cancel)
    {
        using IDiskFile? file = disk.OpenRead(path);
        if (file is null)
            return null;
        FileForm form = FormSniffer.Of(file);
        var proof = new FileProof(path, form);
        long began = clock.GetTimestamp();
        progress.Begin(path, file.Length);
        try
        {
            switch (form)
            {
                case FileForm.Segment:
                    new SegmentProof(file, proof, progress).Run(null, cancel);
                    break;
                case FileForm.Bucket:
                    new BucketProof(file, proof, progress).Run(null, cancel);
                    break;
                case FileForm.Unknown:
                    throw new FatalException(ExitCode.Usage, $"{path} {FormSniffer.Describe(file)}; verify proves segments (.seg) and bucket or spool files (.b)");
                default:
                    throw new FatalException(ExitCode.Usage, $"{path} is neither a segment nor a bucket file; tailer inspect can look into it");
            }
        }
        finally
        {
            progress.Clear();
        }
        proof.Elapsed = clock.GetElapsedTime(began);
        return proof;
    }
}
