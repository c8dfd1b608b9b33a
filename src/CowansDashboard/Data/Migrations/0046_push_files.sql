-- Lines of a bulk mutation name their items themselves: an item may be in two files, one for its fields and one for its tags.
drop index push_items_file;
alter table push_items drop column file_id;
alter table push_lines drop column items, drop column confirmed;
create index push_lines_product on push_lines (product_id);
