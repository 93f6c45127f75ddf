using DevOpsAI.Connectors.Toolkit.Manifests;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>The manifests that come with the bot.</summary>
public sealed class BuiltInManifestTests
{
    [Fact]
    public void All_are_read_without_a_mistake() => ManifestServices.BuiltIn().Select(static one => one.Name).ShouldBe(
        ["autotask", "connectwise", "datto-rmm", "halopsa", "ninjaone", "rest", "servicenow", "wazuh"]);
}
