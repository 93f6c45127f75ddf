using DevOpsAI.Connectors.Toolkit.Manifests;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

public sealed class VendorBudgetsTests
{
    private static readonly BudgetRule TenAnHour = new(10, TimeSpan.FromHours(1));

    [Fact]
    public void Reading_in_the_background_leaves_a_fifth_to_people()
    {
        using var budgets = new VendorBudgets();
        Take(budgets, "key", isBackground: true).ShouldBe(8);
        Take(budgets, "key", isBackground: false).ShouldBe(2);
        Take(budgets, "key", isBackground: true).ShouldBe(0);
    }

    [Fact]
    public void A_credential_uses_up_its_own_budget_alone()
    {
        using var budgets = new VendorBudgets();
        Take(budgets, "key", isBackground: false).ShouldBe(10);
        Take(budgets, "key", isBackground: false).ShouldBe(0);
        Take(budgets, "other", isBackground: false).ShouldBe(10);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whoever_finds_no_room_is_told_when_there_may_be_some(bool isBackground)
    {
        using var budgets = new VendorBudgets();
        Take(budgets, "key", isBackground);
        budgets.TryTake("key", TenAnHour, isBackground, out var wait).ShouldBeFalse();
        wait.ShouldBe(TimeSpan.FromMinutes(6));
    }

    [Fact]
    public void A_vendor_without_a_budget_is_asked_as_often_as_is_wanted()
    {
        using var budgets = new VendorBudgets();
        budgets.TryTake("key", null, isBackground: true, out var wait).ShouldBeTrue();
        wait.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void What_is_left_is_told_of_each_credential()
    {
        using var budgets = new VendorBudgets();
        budgets.Find("key", TenAnHour).ShouldBe(new(10, 10, TimeSpan.FromHours(1)), "nobody asked yet");
        budgets.TryTake("key", TenAnHour, isBackground: false, out _).ShouldBeTrue();
        budgets.Find("key", TenAnHour)!.Left.ShouldBe(9);
        budgets.Find("other", TenAnHour)!.Left.ShouldBe(10);
        budgets.Find("key", null).ShouldBeNull();
    }

    private static int Take(VendorBudgets budgets, string caller, bool isBackground) => Enumerable.Range(0, 20)
        .Count(_ => budgets.TryTake(caller, TenAnHour, isBackground, out var _));
}
