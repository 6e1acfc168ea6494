// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary><c>drift deploy kubernetes</c></summary>
internal sealed class DeployKubernetesCommand : Command
{
    private readonly ObjectChoice _objects = new();
    private readonly ClusterChoice _cluster = new();
    private readonly Option<string?> _kustomize = new("--kustomize", "-k") { Description = "A folder of kustomize, which kubectl renders", HelpName = "DIR" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Build and ask the cluster, and change nothing" };
    private readonly Option<bool> _noRollback = new("--no-rollback") { Description = "Leave what fails as it is" };

    public DeployKubernetesCommand(CliHost host)
        : base("kubernetes", "Build, push, apply, wait until the pods are ready, and go back by itself when they do not become so")
    {
        _objects.AddTo(this, isRequired: false);
        Options.Add(_kustomize);
        _cluster.AddTo(this, withTimeout: true);
        Options.Add(_dryRun);
        Options.Add(_noRollback);
        PackSettings.AddTo(this);
        Validators.Add(result =>
        {
            if ((result.GetValue(_kustomize) is null) == !_objects.IsGiven(result)) result.AddError("Name the objects: files or a folder of them with -f, or a folder of kustomize with -k.");
        });
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var printer = host.Printer(result);
        var timeout = _cluster.Timeout(result);
        var isDryRun = result.GetValue(_dryRun);
        var folder = result.GetValue(_kustomize);
        IReadOnlyList<ObjectFile> files = folder is null
            ? await _objects.ReadAsync(result, recursive: false, cancellationToken).ConfigureAwait(false)
            : [await KubernetesDeployment.RenderAsync(folder, cancellationToken).ConfigureAwait(false)];
        var deployment = new KubernetesDeployment(_cluster.Of(result), new StepProgress(printer));
        await deployment.ConnectAsync(cancellationToken).ConfigureAwait(false);
        using var settings = new PackSettings(result, host);
        var path = folder ?? _objects.Paths(result)[0];
        var images = await _objects.ResolveAsync(files, path, forCluster: true, isDryRun, settings, host, result, cancellationToken).ConfigureAwait(false);
        foreach (var image in images.Where(image => image.Written != image.Pinned)) printer.Step($"{image.Written} is {image.Pinned}");
        var objects = await deployment.RunAsync(new DeploymentRequest
        {
            Files = files,
            Images = images,
            Commit = await SourceCommit.FindRevisionAsync(FolderImages.RootOf(path), cancellationToken).ConfigureAwait(false),
            Timeout = timeout,
            IsDryRun = isDryRun,
            GoesBack = !result.GetValue(_noRollback),
        }, cancellationToken).ConfigureAwait(false);
        var report = new KubernetesDeployReport([.. images.Select(image => new ImageResolution(image.Written, image.Pinned))], objects, isDryRun);
        printer.Result(report, static () => OutputJsonContext.Default.KubernetesDeployReport, () =>
        {
            foreach (var item in objects) printer.Line($"{item.Name} {item.Change}{(isDryRun ? " (dry run)" : "")}");
        });
        return ExitCodes.Ok;
    }
}
