using Tailer.Cli.Show;
using Tailer.Cli.Verify;
using Tailer.Disk;
using Tailer.Hosting;

namespace Tailer.Cli.Inspect;

/// <summary>Describes one file, whatever it is.</summary>
internal sealed class FileInspection(IDisk disk, InspectOptions options, ProgressLine progress)
{
    /// <exception cref="FatalException">The file is not there, cannot be read, or is nothing of Tailer's.</exception>
    public Description Run(string path, CancellationToken cancel)
    {
        if (Directory.Exists(path))
            throw new FatalException(ExitCode.Usage, $"{path} is a directory; inspect describes one file (tailer verify takes directories)");
        try
        {
            using IDiskFile file = disk.OpenRead(path) ?? throw new FatalException(ExitCode.Unavailable, $"{path}: there is no such file");
            return Describe(file, path, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FatalException(ExitCode.Unavailable, $"{path}: {e.Message}");
        }
        finally
        {
            progress.Clear();
        }
    }

    private Description Describe(IDiskFile file, string path, CancellationToken cancel)
    {
        FileForm form = FormSniffer.Of(file);
        var description = new Description(new FileProof(path, form) { FileBytes = file.Length });
        progress.Begin(path, file.Length);
        switch (form)
        {
            case FileForm.Segment: new SegmentInspection(options, progress).Run(file, description, cancel); break;
            case FileForm.Bucket: new BucketInspection(options, progress).Run(file, description, cancel); break;
            case FileForm.Frame: new SmallInspection(options).Packet(file, description); break;
            case FileForm.Manifest: new SmallInspection(options).Manifest(file, description); break;
            case FileForm.Block: new SmallInspection(options).Block(file, description); break;
            case FileForm.Catalog: new CatalogInspection(disk, options).Run(file, description); break;
            default:
                throw new FatalException(
                    ExitCode.Usage,
                    $"{path} {FormSniffer.Describe(file)}; inspect knows segments (.seg), bucket and spool files (.b), single packets, manifests and blocks, and the catalog of a recent index");
        }
        return description;
    }
}
