using System.Text;
using Microsoft.EntityFrameworkCore;

namespace CowansDashboard.Data;

/// <summary>EF Core's view of the database. Each feature maps its own tables in its own folder.</summary>
public sealed class DashboardContext(DbContextOptions<DashboardContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(DashboardContext).Assembly);
        SnakeCase.Apply(modelBuilder);
    }
}

/// <summary>Names columns the way PostgreSQL people type them: ShopifyId is shopify_id.</summary>
public static class SnakeCase
{
    public static void Apply(ModelBuilder modelBuilder)
    {
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
            foreach (var property in entity.GetProperties())
                property.SetColumnName(Of(property.Name));
    }

    public static string Of(string name)
    {
        var snake = new StringBuilder(name.Length + 8);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && snake.Length > 0)
                snake.Append('_');
            snake.Append(char.ToLowerInvariant(letter));
        }
        return snake.ToString();
    }
}
