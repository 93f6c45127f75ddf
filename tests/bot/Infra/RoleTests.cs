using System.Text.Json;
using System.Text.RegularExpressions;

namespace DevOpsAI.Tests.Infra;

/// <summary>Who may do what: exactly the roles of docs/azure.md, each at a resource.</summary>
public sealed partial class RoleTests
{
    private const string Pulls = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
    private const string ReadsSecrets = "4633458b-17de-408a-b874-0445c86b69e6";
    private const string KeepsSecrets = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
    private const string Encrypts = "e147488a-f6f5-4113-8e2d-b22465e65bf6";
    private const string UsesData = "00000000-0000-0000-0000-000000000002";

    public static TheoryData<string> Environments => Prediction.Environments;

    [Theory, MemberData(nameof(Environments))]
    public async Task Each_role_is_granted_at_a_resource_and_no_other_role_is(string environment)
    {
        var prediction = await Prediction.ForAsync(environment);

        var granted = prediction.All("Microsoft.Authorization/roleAssignments")
            .Select(static one => (At: Scope(one), Role: Role(one), Who: Who(one))).ToList();

        granted.Select(static one => one.At).ShouldAllBe(static at => at.Length > 0, "a role is granted above a resource");
        granted.Select(static one => $"{one.Who} {one.Role} {one.At}").Distinct().ShouldBe(
        [
            "bot signs Microsoft.KeyVault/vaults/keys",
            "bot wraps Microsoft.KeyVault/vaults/keys",
            "bot adds Microsoft.Storage/storageAccounts/blobServices/containers",
            $"bot {Pulls} Microsoft.ContainerRegistry/registries",
            $"bot {ReadsSecrets} Microsoft.KeyVault/vaults/secrets",
            $"bot {KeepsSecrets} Microsoft.KeyVault/vaults",
            $"database {Encrypts} Microsoft.KeyVault/vaults/keys",
        ],
        ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Environments))]
    public async Task The_bot_may_use_the_data_of_its_database_alone(string environment)
    {
        var assignment = (await Prediction.ForAsync(environment)).Single("Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments");

        assignment.Text("roleDefinitionId").ShouldEndWith("/sqlRoleDefinitions/" + UsesData);
        assignment.Text("scope").ShouldEndWith("/dbs/devopsai");
    }

    [Theory, MemberData(nameof(Environments))]
    public async Task Roles_of_our_own_allow_what_the_bot_calls_and_nothing_else(string environment)
    {
        var roles = (await Prediction.ForAsync(environment)).All("Microsoft.Authorization/roleDefinitions")
            .Select(static one => one.At("properties")).ToDictionary(Verb);

        roles["sign"].Texts("permissions", "0", "dataActions")
            .ShouldBe(["Microsoft.KeyVault/vaults/keys/read", "Microsoft.KeyVault/vaults/keys/sign/action"]);
        roles["wrap"].Texts("permissions", "0", "dataActions")
            .ShouldBe(["Microsoft.KeyVault/vaults/keys/wrap/action", "Microsoft.KeyVault/vaults/keys/unwrap/action"]);
        roles["add"].Texts("permissions", "0", "dataActions").ShouldBe(
        [
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
        ]);
        roles["sign"].Texts("permissions", "0", "actions").ShouldBeEmpty();
        roles["wrap"].Texts("permissions", "0", "actions").ShouldBeEmpty();
        roles.Count.ShouldBe(3);
        foreach (var role in roles.Values)
        {
            role.At("permissions").GetArrayLength().ShouldBe(1);
            role.Texts("assignableScopes").ShouldBe([$"/subscriptions/{Prediction.Subscription}/resourceGroups/{Prediction.Group}"]);
        }
    }

    [Fact]
    public void The_document_names_the_built_in_roles_by_id()
    {
        var document = File.ReadAllText(Path.Combine(InfraFolder.Source, "../docs/azure.md"));
        BuiltIn().Matches(document).Select(static one => one.Groups["id"].Value)
            .ShouldBe([UsesData, Pulls, ReadsSecrets, KeepsSecrets, Encrypts], ignoreOrder: true);
    }

    [Fact]
    public async Task A_role_at_the_resource_group_would_be_found() =>
        (await Prediction.MistakenAsync()).All("Microsoft.Authorization/roleAssignments").Select(Scope).ShouldContain("");

    /// <summary>As <c>sign</c> of "DevOps AI Bot: sign with a key".</summary>
    private static string Verb(JsonElement role) => role.Text("roleName").Split(": ")[1].Split(' ')[0];

    /// <summary>Type of the resource that the role is granted at; empty for a resource group and above.</summary>
    private static string Scope(JsonElement assignment) =>
        AtResource().Match(assignment.Text("id")) is { Success: true } at ? ResourceType(at.Groups["resource"].Value.Split('/')) : "";

    private static string ResourceType(string[] parts) =>
        string.Join('/', parts.Where(static (_, place) => place == 0 || place % 2 == 1));

    /// <summary>A built-in role by its id, one of our own by its output's name, as <c>signs</c>.</summary>
    private static string Role(JsonElement assignment) =>
        RoleId().Match(assignment.Text("properties", "roleDefinitionId")).Groups["role"].Value;

    private static string Who(JsonElement assignment) =>
        Principal().Match(assignment.Text("properties", "principalId")).Groups["who"].Value;

    [GeneratedRegex(@"^\[extensionResourceId\('[^']*/providers/(?<resource>[^']+)', 'Microsoft\.Authorization/roleAssignments'",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AtResource();

    [GeneratedRegex(@"(/roleDefinitions/(?<role>[0-9a-f-]{36})|\.outputs\.(?<role>[a-z]+)Id\.value])$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RoleId();

    [GeneratedRegex(@"\.outputs\.(?<who>[a-z]+)PrincipalId\.value]$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Principal();

    [GeneratedRegex(@"\(`(?<id>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})`\)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BuiltIn();
}
