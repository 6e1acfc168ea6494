// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;
using Drift.TestKit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Drift.Deployment.Tests;

/// <summary>What <c>k8s/</c> holds keeps the rules of the Pod Security Standard <i>restricted</i>, and what a server without a file system needs.</summary>
public sealed class ObjectsOfTheProjectTests
{
    private static readonly string Base = File.ReadAllText(ProjectRoot.Combine("k8s", "base", "deployment.yaml")) + "---\n" + File.ReadAllText(ProjectRoot.Combine("k8s", "base", "service.yaml"));

    [Fact]
    public void The_base_is_restricted_and_replaces_pods_one_by_one()
    {
        var objects = Read(Base);
        AssertDeployment(Assert.Single(objects, item => item.Kind == "Deployment"));
        var service = Assert.Single(objects, item => item.Kind == "Service");
        Assert.Equal("ClusterIP", service.Text("spec", "type"));
        Assert.Equal(8080, (int)Assert.Single(service.Items("spec", "ports"))["port"]!);
    }

    [Theory]
    [InlineData("development", 1, "Namespace Service Deployment")]
    [InlineData("production", 3, "Namespace Service Deployment PodDisruptionBudget NetworkPolicy")]
    public async Task An_overlay_renders_to_objects_of_one_namespace(string overlay, int replicas, string kinds)
    {
        var objects = Read(await RenderAsync(ProjectRoot.Combine("k8s", "overlays", overlay)));
        Assert.Equal(kinds.Split(' '), objects.Select(item => item.Kind));
        var deployment = Assert.Single(objects, item => item.Kind == "Deployment");
        AssertDeployment(deployment);
        Assert.Equal(replicas, deployment.Number("spec", "replicas"));
        Assert.All(objects, item => Assert.Equal("drift-" + overlay, item.Kind == "Namespace" ? item.Name : item.Namespace));
        Assert.Equal("restricted", objects[0].Text("metadata", "labels", "pod-security.kubernetes.io/enforce"));
        foreach (var budget in objects.Where(item => item.Kind == "PodDisruptionBudget")) Assert.Equal(1, budget.Number("spec", "maxUnavailable"));
        // What selects pods selects those of the Deployment.
        var labels = deployment.Find("spec", "template", "metadata", "labels");
        string[][] selectors = [["spec", "selector"], ["spec", "selector", "matchLabels"], ["spec", "podSelector", "matchLabels"]];
        foreach (var item in objects.Where(item => item.Kind is "Service" or "PodDisruptionBudget" or "NetworkPolicy"))
        {
            Assert.Contains(selectors, path => JsonNode.DeepEquals(labels, item.Find(path)));
        }
    }

    [Fact]
    public async Task The_components_for_more_pods_and_a_host_name_fit_the_base()
    {
        using var folder = new TemporaryDirectory();
        foreach (var file in Directory.GetFiles(ProjectRoot.Combine("k8s"), "*", SearchOption.AllDirectories))
        {
            folder.Write(Path.GetRelativePath(ProjectRoot.Combine("k8s"), file), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }
        folder.Write("overlays/own/kustomization.yaml", "resources: [../../base]\ncomponents: [../../components/ingress, ../../components/autoscaler]\n");
        var objects = Read(await RenderAsync(folder.Combine("overlays", "own")));
        // The number of pods is the autoscaler's.
        Assert.Null(Assert.Single(objects, item => item.Kind == "Deployment").Find("spec", "replicas"));
        Assert.Equal("site", Assert.Single(objects, item => item.Kind == "HorizontalPodAutoscaler").Text("spec", "scaleTargetRef", "name"));
        Assert.Contains("\"http\"", Assert.Single(objects, item => item.Kind == "Ingress").Json.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Older_clusters_get_the_versions_that_they_know()
    {
        const string Budget = "# one\napiVersion: policy/v1 # two\nkind: PodDisruptionBudget\n---\nkind: Other\napiVersion: policy/v1\n";
        var file = ObjectFile.Parse(System.Text.Encoding.UTF8.GetBytes(Budget), "a.yaml");
        Assert.Equal(Budget.Replace("policy/v1 #", "policy/v1beta1 #", StringComparison.Ordinal), System.Text.Encoding.UTF8.GetString(ApiVersions.Adapt(file, new HashSet<string> { "policy/v1beta1" }).ToBytes()));
        Assert.Same(file, ApiVersions.Adapt(file, new HashSet<string> { "policy/v1beta1", "policy/v1" }));
        Assert.Same(file, ApiVersions.Adapt(file, new HashSet<string>()));
    }

    // https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    private static void AssertDeployment(KubernetesObject deployment)
    {
        var pod = (JsonObject)deployment.Find("spec", "template", "spec")!;
        foreach (var shared in (string[])["hostNetwork", "hostPID", "hostIPC", "volumes"]) Assert.Null(pod[shared]);
        Assert.True((bool)pod["securityContext"]!["runAsNonRoot"]!);
        Assert.Equal(65532, (int)pod["securityContext"]!["runAsUser"]!);
        Assert.Equal("RuntimeDefault", (string?)pod["securityContext"]!["seccompProfile"]!["type"]);
        var container = Assert.Single((JsonArray)pod["containers"]!)!;
        var security = container["securityContext"]!;
        Assert.False((bool)security["allowPrivilegeEscalation"]!);
        Assert.Equal("""{"drop":["ALL"]}""", security["capabilities"]!.ToJsonString());
        Assert.All((JsonArray)container["ports"]!, port => Assert.Null(port!["hostPort"]));
        // Besides what restricted asks for.
        Assert.True((bool)security["readOnlyRootFilesystem"]!);
        Assert.False((bool)pod["automountServiceAccountToken"]!);
        Assert.False((bool)pod["enableServiceLinks"]!);
        Assert.Null(container["lifecycle"]);
        Assert.True((int)pod["terminationGracePeriodSeconds"]! > 3 + 5, "the server drains for up to 8 seconds");
        Assert.NotNull(container["resources"]!["requests"]!["cpu"]);
        Assert.NotNull(container["resources"]!["limits"]!["memory"]);
        Assert.All((string[])["startupProbe", "readinessProbe", "livenessProbe"], probe => Assert.Equal("""{"path":"/health","port":"http"}""", container[probe]!["httpGet"]!.ToJsonString()));
        Assert.Equal("""{"maxSurge":1,"maxUnavailable":0}""", new JsonObject(((JsonObject)deployment.Find("spec", "strategy", "rollingUpdate")!).OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))).ToJsonString());
        Assert.Equal("ScheduleAnyway", (string?)Assert.Single((JsonArray)pod["topologySpreadConstraints"]!)!["whenUnsatisfiable"]);
        Assert.Equal("drift://site", (string?)container["image"]);
    }

    private static async Task<string> RenderAsync(string folder)
    {
        var run = await ProcessRun.RunAsync(Need.Program("kubectl"), ["kustomize", folder], cancellationToken: TestContext.Current.CancellationToken);
        Assert.SkipWhen(run.Error.Contains("json: unknown field", StringComparison.Ordinal) || run.Error.Contains("must be a file", StringComparison.Ordinal), "kubectl is older than 1.21, and so is its kustomize");
        return run.EnsureSuccess().Output;
    }

    private static List<KubernetesObject> Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(document => new KubernetesObject((JsonObject)ToJson(document.RootNode)!))];
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, ToJson(entry.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } flag => flag.Value == "true",
        YamlScalarNode { Style: ScalarStyle.Plain } number when int.TryParse(number.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) => value,
        _ => ((YamlScalarNode)node).Value,
    };
}
