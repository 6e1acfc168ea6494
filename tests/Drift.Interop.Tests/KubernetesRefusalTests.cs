// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json;
using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>What is refused before anything in the cluster is changed.</summary>
public sealed class KubernetesRefusalTests(KubernetesFixture cluster)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_for_other_nodes_is_refused()
    {
        await using var project = await cluster.CreateAsync();
        (await DriftTool.RunAsync(["build", project.Objects + "/../site", "--platform", "linux/arm64", "-o", project.Repository + ":arm"], Cancelled)).EnsureSuccess();
        project.Change("drift://site", project.Repository + ":arm");
        await RefusedAsync(project, await project.DeployAsync(), 3, "is for linux/arm64, and the cluster's nodes are linux/");
    }

    [Fact]
    public async Task An_image_that_is_not_there_is_refused_with_its_line()
    {
        await using var project = await cluster.CreateAsync();
        project.Change("drift://site", project.Repository + ":none");
        await RefusedAsync(project, await project.DeployAsync(), 5, "deployment.yaml:");
        // A digest that its registry lacks, as well.
        project.Change(":none", "@sha256:" + new string('0', 64));
        await RefusedAsync(project, await project.DeployAsync(), 5, "deployment.yaml:");
    }

    [Fact]
    public async Task A_webhook_that_refuses_refuses_all_of_it()
    {
        await using var project = await cluster.CreateAsync();
        var configuration = $"refuse-{project.Namespace}";
        await project.KubectlAsync("label", "namespace", project.Namespace, $"test={project.Namespace}");
        try
        {
            await KubernetesFixture.KubectlAsync(["create", "--filename", "-"], $$"""
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingWebhookConfiguration
                metadata: {name: {{configuration}}}
                webhooks:
                - name: refuse.example.com
                  clientConfig: {url: "https://127.0.0.1:1/"}
                  rules: [{apiGroups: [apps], apiVersions: ["*"], operations: ["*"], resources: [deployments]}]
                  namespaceSelector: {matchLabels: {test: {{project.Namespace}} } }
                  failurePolicy: Fail
                  sideEffects: None
                  admissionReviewVersions: [v1]
                """);
            // The API server learns of it a moment later.
            while ((await DriftTool.RunAsync(project.DeployArguments("--dry-run"), Cancelled)).ExitCode == 0) await Task.Delay(200, Cancelled);
            var run = await project.DeployAsync();
            await RefusedAsync(project, run, 6, "failed calling webhook \"refuse.example.com\"");
            Assert.Contains("hint: Change what the webhook wants", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            await KubernetesFixture.KubectlAsync(["delete", "validatingwebhookconfiguration", configuration, "--ignore-not-found"]);
        }
    }

    [Fact]
    public async Task Who_may_do_nothing_is_told_so_and_the_permissions_of_the_guide_are_enough()
    {
        await using var project = await cluster.CreateAsync();
        await project.KubectlAsync("create", "serviceaccount", "deployer");
        var kubeconfig = await KubeconfigAsync(project, "deployer");
        string[] arguments = [.. project.DeployArguments().Select(argument => argument == KubernetesFixture.Kubeconfig ? kubeconfig : argument)];
        var run = await DriftTool.RunAsync(arguments, Cancelled);
        await RefusedAsync(project, run, 4, "forbidden");

        var guide = await File.ReadAllTextAsync(ProjectRoot.Combine("docs", "kubernetes.md"), Cancelled);
        var role = guide.Split("```yaml\n").Single(block => block.Contains("kind: Role\n", StringComparison.Ordinal)).Split("```")[0];
        await KubernetesFixture.KubectlAsync(["--namespace", project.Namespace, "create", "--filename", "-"], role);
        await project.KubectlAsync("create", "rolebinding", "deployer", "--role", "deployer", $"--serviceaccount={project.Namespace}:deployer");
        (await DriftTool.RunAsync(arguments, Cancelled)).EnsureSuccess();
        project.Write("site/news.html", "<p>news\n");
        (await DriftTool.RunAsync(arguments, Cancelled)).EnsureSuccess();
        (await DriftTool.RunAsync(["rollback", "kubernetes", "--namespace", project.Namespace, "--kubeconfig", kubeconfig], Cancelled)).EnsureSuccess();
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_told_before_anything_is_built()
    {
        var kubeconfig = cluster.Folder.Write("unreachable", """
            apiVersion: v1
            kind: Config
            clusters: [{name: none, cluster: {server: "https://127.0.0.1:1"}}]
            contexts: [{name: none, context: {cluster: none, user: none}}]
            users: [{name: none, user: {token: none}}]
            current-context: none
            """);
        Need.Program("kubectl");
        var run = await DriftTool.RunAsync(["deploy", "kubernetes", "-f", ProjectRoot.Combine("k8s", "base"), "--repository", "localhost:1/site", "--kubeconfig", kubeconfig], Cancelled);
        Assert.Equal(6, run.ExitCode);
        Assert.StartsWith("error DRIFT3011: kubectl: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("--kubeconfig", run.Error.Split("hint: ")[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_kubectl_the_error_says_what_to_install()
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = cluster.Folder.Path, ["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT") };
        var run = await ProcessRun.RunAsync(Need.Program("dotnet"), [ProjectRoot.Combine("artifacts", "tool", "drift.dll"), "status", "kubernetes"], environment: environment, cancellationToken: Cancelled);
        Assert.Equal(3, run.ExitCode);
        Assert.Equal("error DRIFT5002: kubectl is not installed; it is what speaks to the cluster.\nhint: Install kubectl 1.21 or newer and put it on PATH: https://kubernetes.io/docs/tasks/tools/\n", run.Error);
    }

    [Fact]
    public async Task A_namespace_that_is_not_there_is_named()
    {
        await using var project = await cluster.CreateAsync();
        var run = await DriftTool.RunAsync([.. project.DeployArguments().Select(argument => argument == project.Namespace ? argument + "-none" : argument)], Cancelled);
        Assert.Equal(5, run.ExitCode);
        Assert.Contains("kubectl create namespace", run.Error, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(KubernetesProject project, ProcessRun run, int exitCode, string says)
    {
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.Equal("", await project.KubectlAsync("get", "deployments,services", "--output", "name"));
    }

    /// <summary>What a service account knows the cluster by.</summary>
    private async Task<string> KubeconfigAsync(KubernetesProject project, string account)
    {
        var secret = "";
        while (secret.Length == 0)
        {
            secret = await project.KubectlAsync("get", $"serviceaccount/{account}", "--output", "jsonpath={.secrets[0].name}");
            await Task.Delay(50, Cancelled);
        }
        var token = Encoding.UTF8.GetString(Convert.FromBase64String(await project.KubectlAsync("get", $"secret/{secret}", "--output", "jsonpath={.data.token}")));
        var configuration = JsonElement.Parse(await KubernetesFixture.KubectlAsync(["config", "view", "--raw", "--minify", "--output", "json"]));
        return cluster.Folder.Write(string.Create(CultureInfo.InvariantCulture, $"{project.Namespace}.json"), $$"""
            {"apiVersion": "v1", "kind": "Config", "clusters": {{configuration.GetProperty("clusters")}}, "current-context": "c",
             "contexts": [{"name": "c", "context": {"cluster": {{configuration.GetProperty("clusters")[0].GetProperty("name").GetRawText()}}, "user": "u"} }], "users": [{"name": "u", "user": {"token": "{{token}}"} }] }
            """);
    }
}
