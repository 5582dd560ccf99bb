SELECT code, level, name, parent FROM products ORDER BY code
