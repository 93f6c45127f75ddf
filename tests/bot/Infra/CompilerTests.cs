namespace DevOpsAI.Tests.Infra;

/// <summary>The real compiler takes every template without a word, and has something to say about broken ones.</summary>
public sealed class CompilerTests
{
    public static TheoryData<string> Parameters => [.. InfraFolder.Files("*.bicepparam")];

    /// <summary>What is found in a module is said with the template that uses it.</summary>
    [Fact]
    public async Task The_templates_compile_without_a_finding()
    {
        var run = await CompiledTemplate.RunAsync();
        run.Said.ShouldBeEmpty();
        run.Code.ShouldBe(0);
    }

    [Fact]
    public async Task The_linter_has_nothing_to_say()
    {
        var run = await BicepCompiler.RunAsync(["lint", Path.Combine(InfraFolder.Source, "main.bicep")]);
        (run.Output + run.Said).ShouldBeEmpty();
        run.Code.ShouldBe(0);
    }

    [Fact]
    public void Every_template_is_part_of_what_is_compiled()
    {
        var main = InfraFolder.Read("main.bicep");
        InfraFolder.Files("*.bicep").Where(static file => file != "main.bicep")
            .ShouldAllBe(file => main.Contains($"'{file}'", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Parameters))]
    public async Task The_parameters_of_an_environment_fit_the_template(string file)
    {
        var run = await BicepCompiler.RunAsync(["build-params", Path.Combine(InfraFolder.Source, file), "--stdout"]);
        run.Said.ShouldBeEmpty();
        run.Code.ShouldBe(0);
    }

    [Theory]
    [InlineData("modules/database.bicep", "disableLocalAuth: true", "disableLocalAuht: true", "BCP089")]
    [InlineData("modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: 'no'", "BCP036")]
    [InlineData("modules/app.bicep", "var port = 8080", "var port = 8080\nparam nobodysOwn string", "no-unused-params")]
    public async Task A_broken_template_does_not_pass_without_a_finding(string file, string text, string other, string code)
    {
        using var copy = new InfraFolder();
        copy.Replace(file, text, other);

        var run = await BicepCompiler.RunAsync(["build", copy["main.bicep"], "--stdout"]);

        run.Said.ShouldContain(code);
    }

    [Theory]
    [InlineData("param maxReplicas = 2", "param maxReplica = 2", "BCP259")]
    [InlineData("param maxReplicas = 2", "param maxReplicas = 1", "BCP328")]
    public async Task Parameters_that_do_not_fit_are_refused(string text, string other, string code)
    {
        using var copy = new InfraFolder();
        copy.Replace("dev.bicepparam", text, other);

        var run = await BicepCompiler.RunAsync(["build-params", copy["dev.bicepparam"], "--stdout"]);

        run.Said.ShouldContain(code);
        run.Code.ShouldNotBe(0);
    }
}
